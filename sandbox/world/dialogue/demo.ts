import { compileBank } from "../template.ts";

export const demo = compileBank(
  "Product",
  `
R: Let me share my screen. (Can you see the dashboard?|Tell me when you see the blue bar on top.) This is one community with sample data, and I picked {industry} on purpose so that the names look familiar.
C: (We see it.|Yes, it came up.) What is the number in the corner?
R: That is what was due this month and what has arrived, refreshed as payments clear. Green is cleared, grey is on its way, red came back. A manager looks at one line in the morning instead of three reports.
C: (My managers would look at red only.|I would hide grey from half of them.) Can they sort by building?
R: By building, by floor, by how late it is. And it stays the way they left it.

@point Residents would get a text message link; no app and no account number is needed to pay.
C: What does the resident see?
R: A text message with a link, three days before the due date. They tap it, they see what they owe, and they pay. There is no app to install, and they never type an account number if they use their bank's login.
C: In which languages?
R: English and Spanish by default, and eleven more that you can switch on. (Residents pick it once and it sticks.|We take the language from the lease if it is there.)
C: (That matters to us.|We have a building where nobody reads English mail.) And older people?
R: They can call a number and pay by voice, or take the barcode to a store. The link goes to a relative too, if the resident allows it.

@point The autopay screen offers a split in two halves each month, which {contact} asked about by name.
C: You mentioned that rent can be split in two. Show me that, please.
R: Here. The resident chooses the first and the fifteenth. You get the whole rent on the first, and we collect the two halves.
D: So who carries the second half if it fails?
R: We do, for residents that pass the check, and they pay a small monthly fee for it. Nothing changes in your ledger.
C: (That is the first thing today that I have not seen elsewhere.|I want to think about whether our owners would like it.) How many take it?
R: About one in eight, in communities like yours. They are the ones who were five days late every month.

R: This is what I wanted to show you most. When a payment comes back, the ledger is corrected, the resident is told why, the fee is added if your lease allows it, and the next attempt has to be a card or cash. Nobody on your team touches anything.
D: Today that is four steps and two systems.
R: And how many of those do you see in a month?
D: (Enough that I keep a sticky note with the steps.|It depends on the season, more after the holidays.) What if the manager wants to waive the fee?
R: One click, with a reason, and it shows up in a report of waivers so that it does not become a habit.
C: Ha, I know exactly which property I would look at first.

E: May I take the next two minutes for the reconciliation view? On the left is what the bank says, on the right what {propertySystem} says, and in the middle is whatever does not match.
D: And today the middle is empty, of course.
E: In the sample it has three lines, I left them in. A payment made after hours, a refund, and one that was posted to the wrong unit by hand. Each says what happened and what would fix it.
D: (Does it fix it, or do I?|Who may press that button?)
E: You decide by role. Most of our clients let the accountant approve and the system post.
D: I like that it shows the reason. Ours just shows a difference and lets you guess.

C: What about people who are already behind? The {delinquency} percent are the same households every month, more or less.
R: For those there are payment plans. The manager offers two or three that you have approved, the resident picks one on the phone, and it holds back the late fee as long as they keep to it.
C: Does a plan stop an eviction case?
R: It can, or it can leave it alone, it is a setting by state. Your lawyers should choose. (What we see is that half of them finish the plan.|What I can say is that a plan in writing gets paid more often than a promise.)
C: (Half would already be something.|That would be a different conversation with the owners.)

R: Reporting is this tab. You can have it mailed on the first working day, to owners as a PDF, to your team as a spreadsheet.
C: Can an owner see only their own communities?
R: Yes, and they can log in if you let them. Some clients do, some prefer the PDF.
C: We would start with the PDF. (I do not need owners clicking around on the second of the month.|One of them would call me about every red dot.)

D: What happens on move-out? There is always a last bill, and the deposit, and somebody's forwarding address.
R: The final statement goes out by text, they can pay it or dispute a line, and the deposit refund goes to the account they paid from. You do not mail a check unless they ask for one.
D: Do you follow up after they left?
R: For ninety days, politely. After that you decide whether an agency gets it, and the file is already complete: lease, ledger, messages, all of it.
D: (The complete file is what agencies always ask us for.|We lose most of those because a paper is missing.)

C: Can a resident see the whole ledger, or only the amount?
R: As much as you like. We suggest the last twelve months with plain words, such as rent, water, parking. Disputes go down when people can read it.
C: (Our charge codes are from the nineties.|Half of our codes have no description at all.) Somebody would have to rename them.
E: We map them once during setup. It took {staff} hours with the last client of your size.

R: One more thing about credit. Residents can choose to have on-time rent reported to the bureaus. They pay nothing for it in your plan.
C: And if they are late?
R: Only positive reporting by default. We do not want to be the reason that somebody gets no car loan.
C: (I appreciate that.|Good, because our residents' council asked about it.) Is it used?
R: About a third sign up, and those pay on time nine months out of ten. I would not claim that we cause that, but they do stay longer.

C: What does your support look like for residents? (Ours call the leasing office for everything.|If it ends up at my front desk I have gained nothing.)
R: Chat and phone, seven days, six in the morning until midnight in their own time zone. We answer payment questions, and we pass maintenance back to you.
C: How do you tell them apart?
R: The first question is about what, and the second is answered by a person. You get a list every week of what they asked.
C: I would like to see one of those lists.

D: Can I see the permissions? We once had a temp who could issue refunds.
R: Of course. Here are roles, and here is who did what and when. Refunds above a limit need a second person.
D: What is the limit?
R: You set it. Most begin at one month's rent, yours is {averageRent} on average if I remember.
D: (You do, and that would work.|Roughly, yes.) And the temp could not change it, I hope.
R: Only an administrator, and everybody else gets an e-mail about it.

C: I noticed that you skipped the mobile view for managers.
R: I did, because it is the smallest part. But here it is: late list, call button, promise to pay, done.
C: (That is really all they need.|My best manager would live in that screen.) Does it work where there is no signal? Our garages are two floors down.
R: It keeps the list and sends later. It does not take payments without a connection, for good reasons.
`,
);
