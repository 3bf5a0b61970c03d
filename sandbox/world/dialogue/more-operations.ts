import { compileBank } from "../template.ts";

/** More of the customer's daily work, so that long calls do not all turn to the same things. */
export const moreOperations = compileBank(
  "Operations",
  `
R: What did the first of this month look like for you, hour by hour?
D: At seven I look at the bank. At eight the first manager calls. By noon I know (whether the night file came|which property forgot to post), and in the afternoon I answer e-mails that begin with the word urgent.
R: And the second?
D: The second is like the first, with less coffee.

C: We tried gift cards for residents who sign up for autopay. Twenty-five dollars each.
R: Did it work?
C: For a month. Then (they signed up, took the card and left autopay again|people asked where their second card was). I still have a drawer full of them.
R: We see more from convenience than from presents.

D: Do you handle commercial tenants? We have a few shops on the ground floors.
R: Yes, with invoices instead of rent reminders. (They pay later and argue better.|A bakery is not a resident, they want a purchase number.)
D: Ours is a dentist and a gym. The gym is the worst.
E: The gym is always the worst.

C: My regional managers each have their own spreadsheet. I found out last week that two of them define late differently.
R: From the first or from the end of the grace period?
C: (Exactly that.|One counts from the first, the other from the sixth.) So for a year I compared two numbers that were not the same thing.
R: The definition sits in the settings, once for all. It is dull, and people thank us for it.

D: What about chargebacks? A resident pays by card, moves out, and calls the bank.
E: We answer for you with the lease, the ledger and the messages. Most are decided in your favor, since there is a paper trail.
D: (We lose nearly all of ours.|Ours go straight to write-off.) Nobody has the time to send forty pages in ten days.
E: It takes us about four minutes, and you see each one.

R: How do your teams hear about something that changed, say a new fee?
C: There is a call every Monday, and (half of them are muted and eating|somebody takes notes that nobody reads). The real news travels by text between the managers.
R: Is there one whom the others listen to?
C: Yes, and she does not have a title. I will introduce you.

C: We looked at our reviews online. One in five of the bad ones is about paying rent, not about the homes.
R: What do they say?
C: (That they were charged twice.|That the site looked like a scam.) One wrote that she felt like a criminal for paying on the fourth.
R: Would you mind sending me a few? They are better than any survey.

D: We get subsidy payments for part of the rents, from three housing authorities, on three different days.
E: In one sum for many homes?
D: In one sum with a list, and the list is (a scan|a fax that somebody scanned). I wish that I was joking.
E: If the list has a pattern, we can read it. If not, there is a screen where one person does it in twenty minutes.

R: If you could change one thing tomorrow, without any project, what would it be?
C: I would (shut the drawer where the checks go|turn off the second reminder, it comes after people have paid). That is all.
R: That one would be done in the first week.

D: How do you handle a name change? We had a resident who married, and her bank payment bounced for three months.
E: We match on the lease and the token, not on the name. (The name is shown, but nothing depends on it.|You could call her anything.)
D: She would have liked that. She sent us the wedding invitation as proof.

C: Our board has a new member who comes from a bank, and he asks about float.
R: How long the money is on its way, you mean?
C: Yes. (I had to look the word up.|He wants a number in days.)
R: Cards arrive the next day, transfers on the second. We do not earn on it, if that is what he is after.
C: That is precisely what he is after.

D: Could your system tell me which residents always pay in the last hour? I have a theory.
E: It could. What is the theory?
D: That they are paid at midnight and that we could just (move their date by a day|stop mailing them). They are never late, they only look it.
E: You may be right. We see the same with hospital staff.

C: I should mention that we are changing our name in spring. New logo, new domain.
R: Does the legal entity change?
C: (No, only what is on the sign.|Two of them do.) But the texts and the payment page should show the new one from the first day.
R: That is a switch with a date. Send me the logo when it is final.
C: It has been final three times so far.

R: What do you do about residents who pay too much?
D: We keep it as a credit. (Some build up a year of it, as if we were a bank.|And then they ask for it back in cash.)
R: We show it to them with one button, keep or return. Most people press keep.
D: I would rather have them press return, the auditors dislike credits.

C: There is an older gentleman in one of our buildings who brings his rent in person, in an envelope, with a flower for the manager.
R: Please tell me that nobody wants to change that.
C: (Never.|Over my dead body.) But it shows you how far apart our residents are. Three doors on there is somebody who has never spoken to us.
R: It should fit both of them, or it fits nobody.

D: The thing that I look forward to least is moving the history. Five years of ledgers.
E: You do not have to. We take the open balances and the last twelve months, the rest stays where it is, readable.
D: (And the auditors are fine with that?|Legal will ask about the seven years.)
E: They have been so far. You keep access to the old one in read-only, it costs little.

C: Are there things you would advise us not to do?
R: Do not (start in December|announce the date before the test is done). And do not let anybody keep a paper exception for a friend, it never stays at one.
C: We have about nine friends then.
R: Everybody has nine.

D: I had a call from the tax people about how we book convenience fees. It was friendly, but it was a call.
R: If we charge the resident directly, it is our revenue and not yours. You never touch it.
D: (That is cleaner.|Then I can give them your address.) Is it shown like that on the receipt?
R: As a line of its own, with our name.
`,
);
