import { compileBank } from "../template.ts";

/** What comes up in any call that has the time for it. */
export const stories = compileBank(
  "Background",
  `
C: Let me give you some history, so that you understand the mood here. Three years ago we tried to move everybody to online payments in one go. It was announced on a Friday, switched on the Monday after, and the site was down for two days.
R: Oh dear.
C: The owners still bring it up. So whenever I say the word rollout, somebody at the table rolls their eyes. (It was a different vendor and a different boss, but that does not help.|I was not even here then, and I still get the blame.)
R: So going slowly is not only about risk, it is about trust.
C: Exactly. I would rather have one quiet success than a big launch.

C: Our owners are a family office, by the way. Three siblings, and they agree on nothing except the monthly report.
R: What do they look at first?
C: Cash on the fifth. Nothing else. (If it is above last month, the meeting takes ten minutes.|You can feel the temperature in the room change.)
R: Then we should make sure that this number is on top. I will send you a sample of the owner page with just that.
C: Keep it on one page, with a large number. The eldest does not like charts.

R: How is hiring going? Last time you had two sites without a manager.
C: One of them is filled. The other one has somebody from an agency, and she is better than most, but she leaves in spring.
R: Would it help if part of her work went away?
C: (It would make the job easier to fill.|That is one of the reasons we talk.) Nobody applies to scan checks, you know. They want to lease, they want to be with people.

C: Regulation is a topic as well. Our state is discussing a law on fees, and nobody can tell me what it means for payment charges.
R: We follow it. If it passes as it is written, a free way to pay has to be offered at all times. With us the transfer is free, so you would be fine.
C: And the deadline?
R: Some time next year, with a grace period. I would not build a plan on it, but it is one more reason to have the fees in one place.
C: (I will forward that to legal.|Could you send me two sentences on that?)

D: Can I ask how large your company is? I like to know who is on the other side.
R: A bit under three hundred people, most of them in support and engineering. We have been doing this for eleven years, and nothing else.
D: Profitable?
R: Since four years. (You can have the figures under an agreement.|I can bring our finance lead to a call.)
D: I ask because the last vendor was bought, and after that nobody knew us any more.

C: A resident wrote to our CEO last month. A nurse, works nights, always paid on the first. The one time she was late, it was because the portal was down, and she got a fee and a letter with the word eviction in it.
R: What happened then?
C: He called her. Himself. And then he called me. (So I have a certain interest in letters being right.|It was not my best Tuesday.)
R: With us the letter would have waited, since there was an attempt on record. I can show you where that is set.
C: Show me the letter too. I want to read every one of them before it goes out.

R: What do your residents use at home? I mean phones, laptops?
C: Phones. I would say nine in ten. (We have people who do everything on a phone with a cracked screen.|In two buildings the wireless does not even reach the upper floors.)
R: That is good to know, the payment page weighs very little. It opens on an old phone in about two seconds.
C: That is the sort of thing nobody puts on a slide.

D: We close the books on the third working day. Anything that comes in later is somebody's bad evening.
R: What comes in later, usually?
D: Returns. A payment that looked fine on the first comes back on the fourth, when the report is already with the owners. (Then I write a note that no one reads.|Then I explain it, each month, to the same person.)
E: We flag the risky ones on the first. You would see how much of the cash is likely to come back, and it is right within a few percent.
D: I could put that in the report as a line. That would end the discussion.

C: Let me be careful about one thing. We have a union in two of the cities, and anything that changes the work of the front desk has to be discussed with them.
R: How does that usually go?
C: (Well, if we come early.|Fine, as long as nobody reads about it first.) They will ask whether it costs jobs.
R: You can tell them that in none of our last twenty rollouts did somebody lose a job over it. Hours move, from paper to people.
C: I would want that from a client, not from you. No offence.
R: None taken. I will find you one with a union.

R: What is the one report that you build by hand each month?
D: The aging by owner. It comes out of {propertySystem} by property, so I have a workbook with a tab for each owner. There are macros in it that I inherited.
R: From whom?
D: Nobody knows. (There is a comment in there from before I was born, I think.|The password is on a note in the drawer.)
E: If you send me a copy without names, I can check whether our export covers it.

C: We had a flood in one of the buildings in the summer, and for six weeks nobody could get to the office. That was when I understood how much depends on one drawer and one scanner.
R: How did people pay?
C: They did not. A third of the building paid late, and I could not blame them. (We waived it all.|The owners took it with grace, I must say.)
R: A building like that could be moved over in three days, in an emergency. We did that after the hurricane.
C: I hope that I will never need it, but it is good to hear.

D: How do you deal with people who pay rent for somebody else? We have parents, employers, a church, two charities.
R: A payer can be attached to a lease without seeing anything else of it. They get their own link and their own receipts.
D: And a charity that pays for fourteen people with one transfer?
E: It is split by a list which they upload. If the sum does not match, it waits, and they get a message before you do.
D: (They send us a fax today.|You have no idea how welcome that is.) An actual fax.

R: You said the last time that people pay on the fifth, because the fee starts on the sixth.
C: Of course they do. I would too.
R: Have you ever thought about moving the reminder rather than the fee?
C: Tell me more.
R: We tried it with a client in {industry}: one text on the day the salary comes in, not on the day that rent is due. It moved about a tenth of the payments forward by three days. (No discount, no threat.|It costs nothing, that is the beauty of it.)
C: That is clever, and a little bit creepy.
R: Residents choose the day themselves. That takes the creepy part away.

C: What are your other clients doing about insurance? We require it, and we cannot enforce it.
R: Many bill it with the rent, and the payment plan includes it. When a policy lapses, the charge appears by itself.
C: Is that allowed everywhere?
R: (Not everywhere, and I would not want to guess.|There is a table by state, I can send it.) Your counsel should have a look.
C: Fine, it is not for today. Put it on the list for later.
`,
);
