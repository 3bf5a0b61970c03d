import { compileBank } from "../template.ts";

export const rollout = compileBank(
  "Implementation",
  `
@point Go-live is planned for {goLive}, beginning with {pilotUnits} homes.
R: The plan has three stretches. First the connection and the bank accounts, then {pilotUnits} homes, then everybody else. Go-live for the first group is {goLive}.
C: Which communities go first?
R: I would take one that is easy and one that is not. (If the difficult one works, nobody asks any more.|The easy one alone proves nothing.)
C: (Then I know which ones.|The difficult one will be fun.) Their manager has been with us for nineteen years.
R: Then she is the right person. Let's ask her before we announce it.

C: How do we tell the residents?
R: Three messages: one four weeks before, one a week before, one on the day. Short, with the name of the manager under it and not ours.
C: In the lobby too?
R: A poster with a code to scan. (The lobby is where it is decided.|I am serious, the poster does more than e-mails.)
C: Can we see the texts? Our marketing will want to touch them.
R: They should. Only the sentence about fees has to stay as it is.

E: From my side there are four things. The interface user, the list of properties, thirty test leases, and somebody who can answer questions within a day.
D: The last one is me. (The first one takes a ticket.|The test leases I can have tomorrow.)
E: Perfect. I will open a shared channel, so that we do not lose anything in mailboxes.
D: And who decides that a test has passed?
E: You do. We compare, you sign. I will not switch anything on without your yes.

D: What about the autopay people? We have {autopayShare} percent enrolled with {incumbent}. If they have to sign up again, we lose half of them.
E: They do not. We get the tokens from {incumbent} under the transfer clause, and the enrolment goes along.
D: Will they cooperate?
E: They have to, but they take their time. The letter should go out this week, and it has to come from you.
D: (Send me the text and it goes out the same day.|I will sign it today.)

C: What usually goes wrong?
R: Two things. Somebody forgets one bank account, and a manager goes on taking checks because it is easier.
C: (The second one will happen here.|I can name the manager.)
R: We send you a list each week of who still takes paper. It is not meant to shame anybody, but it works like that.
C: I will read it out loud in the Monday meeting.

R: For training I suggest two sessions of twenty minutes, at seven thirty in the morning, before the office opens. And a third one two weeks after the start, when people have real questions.
C: Record them, half will miss it.
R: We do. There is also a card that fits next to the screen, five steps on each side.
C: (They love laminated cards.|Make it large, our people wear glasses.)
`,
);

export const review = compileBank(
  "Results",
  `
@point Online payments rose to {adoptionGoal} percent from {portalShare} percent at the start.
R: Let me begin with the figure that we promised. You started with {portalShare} percent paying online, and as of last month it is {adoptionGoal} percent.
C: (That matches what we see.|I told the owners last week, they clapped.) Where is the rest?
R: Two communities, mostly. In both the manager changed in the middle of the rollout.
C: I know them. Can we do a second training there?
R: Yes, I would like to be there in person.

@point Delinquency fell from {delinquency} to {targetDelinquency} percent over the quarter.
D: On my side, delinquency went from {delinquency} to {targetDelinquency} percent. I do not think that it is all you, we also had a mild winter.
R: I will take half the credit. What did it do for the write-offs?
D: We will know in summer. (It takes two quarters until I trust a number.|The early sign is good.)
R: I will not put it in a press release, then.
D: Please do not.

C: I have a complaint. Last month the texts went out at six in the morning, and I heard about it from everybody.
R: I saw that. A setting followed our time zone and not yours. It is fixed, and I am sorry.
C: (Why did it take three days?|I would have liked to hear it from you first.)
R: Because the first answer from our support was wrong. We changed that too, anything about messages now goes to a second person.
C: Okay. I appreciate a straight answer.

D: The reconciliation is the best part. I have my evenings back in the first week.
R: How many hours are we talking about?
D: It was {hours} hours a week, and now it is maybe four. (I moved one person to owner reporting.|We did not replace somebody who left.)
R: Could I quote you on that?
D: (Ask me again when the year is closed.|With the number, but without my name.)

C: What is coming? I would like to know before I read it in a newsletter.
R: Plans that residents can change themselves, a forecast of who will be late, and receipts in the language of the lease. The forecast is in a test with four clients.
C: Could we be the fifth?
R: (I will ask, and I think that the answer is yes.|I will put your name down today.) They look for {industry} in particular.
C: (We are your people, then.|That fits.)

@point Open support tickets fell to about {tickets} a month.
C: Tickets are down. We count about {tickets} a month now, and most are about deposits.
R: Deposits are not ours yet, but I can see it from here.
C: That was a hint. (Two of my managers would pay for it out of their own pocket.|If you build it, call me.)
R: I will bring somebody from product the next time, and you can hint at her directly.
`,
);

export const lost = compileBank(
  "Outcome",
  `
@competitor {rival}
@point {account} went with {rival}; price and the owner's preference decided.
C: I wanted to tell you in person. We went with {rival}. It was close, and it was not my first choice.
R: Thank you for telling me yourself. May I ask what decided it?
C: Price, in the end. And one of the owners knows them from another company. (There was not much that you could have done.|You were ahead until the last meeting.)
R: If it had been the same price?
C: (Then we would be talking about a start date.|Then I would have had an argument.) I am being honest.

R: Is there something that we did wrong? I would rather hear it.
C: The security answers took two weeks, and by then the others had theirs in. And your proposal had a page on the company that nobody needed.
R: (That is fair.|Noted, both of them.) I will take that back to the team.
D: I liked the demo, for what it is worth. Nobody else showed me the ugly cases.

@point The other contract can be left again after twelve months.
C: It is a twelve-month contract, with a way out at the end. I made sure of that.
R: So we could talk again in the autumn?
C: (You can call me in nine months.|I would even like that.) If the move goes badly you will hear from me before.
R: I hope it goes well, honestly. But I will put it in my calendar.

D: Could we still buy the reconciliation part alone? Without the payments?
R: Not today. It depends on seeing each payment as it happens. I have heard that wish before though.
D: (Write it down, then.|Then you heard it once more.) It was the only thing that my team asked for.

C: Please keep me on your list for the user day. I learned more there than in all of our meetings.
R: You are welcome at any time, client or not. It is in {city} this year, so you have no excuse.
C: (Ha, then I will bring two people.|That is walking distance.)
`,
);
