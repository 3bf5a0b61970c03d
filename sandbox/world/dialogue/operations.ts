import { compileBank } from "../template.ts";

/** The daily work of the customer, which any call can come to. */
export const operations = compileBank(
  "Operations",
  `
R: How do you bill utilities? I have seen five ways this month alone.
D: A company reads the meters and sends us a file, and we add it as a charge. It arrives on the twenty-fifth, if it arrives.
R: So the resident sees the whole amount five days before it is due.
D: (Some months it is two.|Last month it came on the thirtieth, and half of the building called.) Water is the one that they argue about.
E: We could take that file directly and show the reading next to the charge. People argue less when there is a number and a photo.

C: Pets are a funny one. We charge for them, and nobody knows how many there are.
R: Is it on the lease?
C: It should be. (Then somebody adopts a dog and tells no one.|A manager told me that every second cat is called a visitor.) We lose money on it, not that it decides anything.
R: A client of ours asks once a year by text, with a small credit for honesty. They found two hundred dogs.
C: Ha, I would not even know where to put that many.

D: Let me ask about deposits. We hold them in separate accounts, and each state wants something else.
R: You could keep that as it is. We would only collect the deposit at signing and send it where it belongs.
D: And the interest that some states want paid out?
E: There is a report that computes it, you pay it as a credit on the ledger. (It is dry stuff, but it keeps you out of trouble.|Nobody has ever thanked us for it, and everybody needs it.)
D: I will thank you when the auditor leaves.

C: Parking is run by somebody else in six of our garages. Residents pay them directly and then complain to us.
R: Would you rather have it on one bill?
C: The residents would. I am not sure that the garage company wants it. (They like their app.|There is a contract from before my time.)
R: We can put it on the bill and pay them out weekly. It is up to them, but in my experience they like being paid on time.

R: How long does it take from a signed lease to the first payment?
C: (A week, if all goes well.|That depends on who holds the pen that day.) The lease is signed online, then somebody prints it, then it is typed into {propertySystem}.
R: It is printed?
C: I know. There is a folder. The folder has a label, the label has a color.
E: We can start from the signature. The lease comes over as data, and the resident sees the first bill on the same evening.

D: Renewals are in spring for most of our leases, so that is when rents change. Last year four hundred people paid the old amount on autopay.
R: Because it was a fixed amount.
D: Exactly. And then each one got a late fee on the difference, of twelve dollars. (We waived them all, by hand.|My team still talks about that week.)
R: With us autopay follows the balance, up to a limit that the resident chooses. It would have moved by itself, with a text before.

C: We have a call center, four people, shared by all communities. They answer leasing, maintenance and money.
R: What share of it is money?
C: (A third in the first week of the month.|More than anything else, between the first and the sixth.) It drops after that.
R: Would you be open to us taking those calls for the first quarter? Then you would know what is left.
C: I would be open to it. They would throw a party.

D: How do you treat people who leave in the middle of a month? We prorate by days, except for two owners who prorate by thirtieths.
E: Both are possible, by owner. The resident sees the computation.
D: (That is where the discussion starts, usually.|The computation is what they ask for.) We send a letter with a table, and nobody understands the table.
E: I have seen that table. Ours is one sentence.

C: Evictions are the part of the job that I like least. It takes four months here, and everybody loses.
R: How often does it come to that?
C: (Less than people think.|A few dozen in a year.) Most of them could have been avoided in the second week, if somebody had spoken to them.
R: That is why the plan is offered on day six by default, before anybody is angry.
C: Day six is right. On day twenty they do not pick up the phone any more.

D: One more on fraud. We had three move-ins this year with paystubs that were made up, and each of them paid the first month with a stolen card.
E: On a first payment we check the card against the name on the lease and ask the bank. If it looks wrong, only a bank login is accepted.
D: What is the share of false alarms?
E: About one in two hundred. They can call, and it takes a few minutes. (I would rather annoy one in two hundred.|You can set it looser, if you like.)
D: No, leave it tight. Those three cost us more than the software.

R: When you visit a site, what do you look at first?
C: The mail slot. (If there are envelopes in it after the third, I know what kind of month it is.|You can read a property by its mail slot.) Then I talk to the maintenance lead, because he knows who is moving out.
R: Not to the manager?
C: She tells me what I want to hear. He tells me about the couch on the curb.

C: Vacant homes are at six percent, which is high for us. So everybody is told to be kind to people who stay.
R: Does that include late fees?
C: It does, silently. (I do not want to see it as a policy anywhere.|Nobody wrote it down.) But if a good resident is late once in three years, nobody should send a letter.
R: You could set it as a rule: one free pass in twelve months. Then it is fair to all, and you can see what it costs.
C: That is better than what we do now. Now the loud ones get it.
`,
);

/** One community after another; each turn is about a place of its own. */
export const communities = compileBank(
  "Communities",
  `
C: Take {community}. {communityUnits} homes, {communityLate} percent late last month, and {manager} runs it with one assistant.
R: Why is it that high?
C: (A plant closed down the road.|Half the leases are shared by four people.) It is not {manager}'s fault, she does what she can.

R: What about {community}?
C: That one is easy. {communityUnits} homes, {communityChecks} percent pay by check, because {manager} likes to see people in the office.
R: So the checks are a reason to talk.
C: Yes, and I do not want to take that away. Coffee on the first, rent by phone, that would be my wish.

D: {community} is my headache. {communityUnits} homes and {communityChecks} percent on paper, and every deposit slip has a different handwriting.
E: Who drives it to the bank?
D: {manager} does, on Fridays. If she is on leave, it waits for the week after.

C: At {community} we are down to {communityLate} percent late, from twice that.
R: What did {manager} do differently?
C: She texts people from her own phone. (It works, and our lawyer must never know.|I have asked her to stop, and I hope she does not.)
R: We can let her do that from a number which is recorded. It looks the same to the resident.

R: And {community}, is that the new one?
C: Bought in spring. {communityUnits} homes, and the former owner took cash, so we have no history at all. {manager} is building it from receipts in shoe boxes.
D: I have seen the boxes. They are labelled by color, and she has forgotten what the colors meant.

D: For {community} the bank changed the file format in the middle of the month. {communityUnits} homes, and nothing matched for nine days.
E: Did they announce it?
D: (In a letter, to a post box that we gave up.|They say so.) {manager} noticed before we did.

C: If you want a pilot, take {community}. {manager} has {communityUnits} homes, {communityLate} percent late, and she is curious.
R: Curious is the best thing that can happen to a pilot.
C: She will also tell you what is wrong with it, in writing, with numbers.

R: Which one should we stay away from at first?
C: {community}. It is in the middle of a renovation, {communityUnits} homes on paper and a third of them empty. {manager} has other worries.
R: Understood. That one comes last.

D: {community} has {communityChecks} percent checks, and most come from one employer who houses people there.
E: One check for many homes?
D: One check, one list, and the list is never the same length as the building. {manager} calls them each month.

C: Then there is {community}, {communityUnits} homes, the one with the students on the top floors.
R: How late are they?
C: {communityLate} percent, until their loans come in, and then everything at once. {manager} knows the date by heart.
`,
);

/** Short questions off a form. */
export const questionnaire = compileBank(
  "Questionnaire",
  `
C: Next on the form: do you encrypt at rest?
E: Yes, everything, with keys that rotate each year and are held by a separate team.

C: Do you have a named security officer?
E: We do, she has been here for six years, and her number is on the last page.

C: Do your employees go through background checks?
R: All of them, before the first day, and contractors as well.

C: Which laptops do you use, it asks. I suppose it means whether they are managed.
E: They are. Locked after five minutes, wiped if they are lost, no local copies of client data.

C: Is there a bug bounty?
E: A private one. The last finding that mattered was two years ago, and it was closed in a day.

C: How do you separate one client from another?
E: By row and by key. A query without a client in it is refused by the database, not by the code.

C: Do you let people log in from anywhere?
E: Support only from our offices or the company network, and each session with a second factor.

C: What is your patch window? Ours is fourteen days for what is critical.
E: Three days for critical, and the same day if it is being used out there.

C: Are changes reviewed by a second person?
E: Every one, and a machine runs the tests before and after.

C: Who owns the logs, and how long do they live?
E: We do, for thirteen months, and you can have yours on request.

C: Any subcontractors outside of the country?
R: One for translations. They see no resident data, only our own texts.

C: Do you have cyber insurance, and for how much?
R: We do. I will send the certificate instead of saying a number from memory.

C: Have you had an incident that you had to report?
E: None in eleven years. Two that we looked into and closed, and both are described in the report.

C: It asks about physical access to the data center.
E: That is the cloud provider's, their report is in the folder, under the letter P.

C: And the last one: who at your company can approve an exception?
E: The security officer, in writing, for ninety days at most.
`,
);
