import { compileBank } from "../template.ts";

export const discovery = compileBank(
  "Discovery",
  `
@point {account} collects rent for {units} homes in {properties} communities; {checkShare} percent still arrives as checks or money orders.
R: (Walk me through how rent reaches you today.|If I were a resident of yours, how would I pay my rent?)
C: Depends on the community. We have {properties} of them, {units} homes in scope, and about {checkShare} percent of the money still comes as checks or money orders.
R: And the rest?
C: Some use the portal, some have it taken from their account. (Each site taught its residents something different.|Nobody ever decided it, it grew.)
D: And every one of those ways lands in a different report.

@point Delinquency stands at {delinquency} percent and {account} wants it at {targetDelinquency} percent.
R: What does delinquency look like at the end of a month?
C: We closed last month at {delinquency} percent. (The owners want to see {targetDelinquency} before they talk about anything else.|My target is {targetDelinquency}, and it is in my bonus, so I care.)
R: What have you tried so far?
C: (Reminder e-mails, door notices, a manager who calls people on her lunch break.|Letters, mostly, and then more letters.) It works in one building and not in the next.

@point The accounting team spends {hours} hours a week on matching payments by hand.
R: Who matches the deposits to the ledgers?
D: My team. {staff} people, and together I would say {hours} hours a week, more in the first week of a month.
R: What makes it slow?
D: (Names that do not match, roommates who split the rent, people who pay a round number.|The bank file says one thing and the ledger says another.) You learn the habits of each resident after a while, and then that person moves out.
E: (Splitting roommates is most of what I see too.|I have seen that at nearly every company I set up.)

@point Residents' autopay stands at {autopayShare} percent; the goal is {adoptionGoal} percent paying online.
R: How many residents are on autopay?
C: {autopayShare} percent. I would like {adoptionGoal} percent online in one way or another within the year.
R: What stops them, do you think?
C: (They do not trust it, since one of them was charged twice.|You have to enter the whole account number every time.) And nobody at the front desk has a reason to push it.

R: Who else cares about this besides you two?
C: (Our asset managers, because of the owner reports.|Leasing, because they are the ones who hear the complaints.) And legal gets nervous whenever somebody says the word fee.
R: Should one of them be on the next call?
C: Let me ask around. I would rather have them early than at the end.

@point Last year {account} wrote off {writeOffs} of unpaid rent.
R: Do you have a figure for what you write off?
D: {writeOffs} last year. That is former residents only, I am not counting what we still hope for.
R: And what happens to it then?
D: (We send it to an agency and get a few cents on the dollar.|It sits in a spreadsheet until somebody gives up.) I would settle for knowing earlier who is about to leave.

R: (What made you look at this now?|Why this quarter and not next year?)
C: (We took over two communities in spring and each came with its own payment vendor.|The owners saw a competitor's report and asked why ours looks different.) (I do not want a fourth login for my managers.|I was asked for a plan, so here I am.)
R: That is a good reason. Did they give you a date?
C: They would like to see something running by {goLive}.

@point {contact} put the late fees that {account} waives at {lateFees} a year.
C: The other thing is late fees. We waive about {lateFees} of them a year because a payment was in transit and nobody could tell.
R: So the resident paid on time and the system did not know.
C: Right, and then a manager apologises and gives a credit. (It makes us look silly.|I hate those calls.)

R: How do residents who have no bank account pay?
C: (Money orders from the store on the corner.|They walk in with cash and we are not supposed to take it.) It is maybe one in ten, more in the older buildings.
R: We have a cash network for that, they pay at the register with a barcode.
C: (I did not know that was possible.|That alone would make two of my managers happy.)

@point {account} gets about {tickets} payment tickets a month from residents.
R: How many questions about payments reach your teams?
D: We counted {tickets} tickets in one month. Most of them ask whether a payment went through.
R: Could they see that for themselves anywhere?
D: (In theory, in the portal, two days later.|Not until the batch posts.) So they call, and the person who answers does not know either.

R: What does a good outcome look like for you in a year?
C: (That I do not hear about payments at all.|One report, one login, and nobody driving to the bank.) If the money is right on the first working day, everybody sleeps.
R: I will write that down word for word.

C: One thing about our residents: it is {industry}, so a lot of them (move in the same two weeks|share a flat and split the rent). Whatever we choose has to survive that.
R: Tell me what broke the last time.
C: (Half of the new leases had no payment method on move-in day.|Three roommates paid the whole amount each and we owed two refunds.) It took until the middle of the month to clean up.
E: We can take the method at signing, before the keys are handed over.

R: How does a new resident get set up?
C: The leasing agent sends a link, and then (we hope|somebody chases it for a week). By move-in maybe {portalShare} percent have done it.
R: So the first month is the hardest one.
C: The first month sets the habit. If they start with a check, they stay with a check.

D: May I ask something? Who owns the money while it is on its way?
E: It sits in an account for the benefit of the property, never on our books.
D: (Good, that is the first thing the auditors will ask.|Our last provider could not answer that in one sentence.)
R: I will add the bank's letter to what we send.

R: How do you handle partial payments?
C: (We do not take them once a case is filed.|It depends on the state and on the manager's mood.) A partial payment at the wrong time can throw out an eviction.
E: You can block them by resident, or by a flag in {propertySystem}.
C: By resident is what we need. (The judge does not care about our software.|That would have saved us a case in June.)

R: What is {incumbent} doing well?
C: (They pick up the phone.|It is there, and people know where to click.) I would not call it bad.
R: And where does it leave you alone?
C: When a payment comes back. We had {reversals} of them last quarter and each one was a detective story.

D: Can I tell you about last December? (The batch failed on the first, and no one noticed until the third.|A file was loaded twice, and a thousand residents saw a double balance.)
R: How did you find out?
D: (A resident posted it online.|My phone did not stop ringing.) It took {staff} of us a weekend to undo.
R: I am sorry. We will talk about alerts when we get to the screen.

@point Online payments stand at {portalShare} percent, the portal taken alone.
R: And the portal by itself, how many use it?
C: {portalShare} percent, if I count everybody who paid there at least once this year.
R: Once is not a habit.
C: No. (They come when the store is closed.|Then they forget the password, and we have them back at the counter.)

@point {account} counted {reversals} returned payments last quarter.
D: Returned payments are my favorite subject. {reversals} last quarter, and each one has a story.
R: What is the most common one?
D: (An account that was closed.|A digit too few.) After that it is people who hoped that the salary would come a day earlier.
E: Those we can tell apart, and treat differently.

R: How many systems does a manager open on a normal morning?
C: {propertySystem}, the bank, {incumbent}, her mail, and a spreadsheet. (Five, before her first coffee.|And the sticky notes, if you count them.)
R: Which one would she miss the most?
C: The spreadsheet. She built it herself.

@point The average rent is {averageRent}.
R: What is your average rent, roughly?
D: {averageRent}, with everything. (It was less before the renovations.|It differs a lot by city.)
R: So a single missed payment is a real sum for an owner.
D: It is, and he calls about each of them.

C: To be fair to {incumbent}, we chose them in a hurry. Nobody asked accounting, nobody asked the sites.
R: Who would you ask this time?
C: (Both, and in that order.|Somebody from a site first.) And one resident, if I can find one who is honest with me.

@point The project has to be decided before the board meets on {boardDate}.
R: Is there a date by which you have to decide?
C: The board meets on {boardDate}. What is not on the table by then waits for a quarter.
R: Then let's count backwards from there.
C: (I have done that already, it is tight.|Please, I am bad at counting backwards.)
`,
);

export const objections = compileBank(
  "Objections",
  `
@objection Price: {unitPrice} per home is above the {incumbentPrice} that they pay {incumbent} today
@point Price is the sticking point: {unitPrice} per home and month against {incumbentPrice} with {incumbent}.
C: Let me be direct about the price. You are at {unitPrice} a home, and we pay {incumbent} {incumbentPrice}.
R: That is fair. Does the {incumbentPrice} include the returns, the cash network and the support line?
C: (No, those are extra.|I would have to look at an invoice.)
R: (Then let's compare the whole bill.|Send me one invoice and I will put them side by side.) In most cases we come out even by the third month.
C: I need to be able to show that, not say it.

@objection Integration: they doubt that payments post to {propertySystem} in real time
@point {contact} doubts that payments post to {propertySystem} in real time.
D: My worry is {propertySystem}. (Everybody says they integrate, and then it is a nightly file.|We were promised real time before and got a spreadsheet.)
E: We write the receipt through their interface as the payment clears, and once more at night to compare.
D: And when their interface is down?
E: We hold it, try again, and you see it in a list with the reason. (Nothing gets posted twice, each receipt has its own number.|I can show you that list.)
D: I would want to see that with our own data.

@objection Security: their IT wants a completed security review before any data moves
@point IT asks for a security review before any data moves.
C: Our head of IT will not sign anything without a security review. (It is a long form, I apologise in advance.|He has a questionnaire with some two hundred lines.)
R: We have done a few of those. I can send our SOC 2 report and the penetration test summary as soon as there is an agreement on confidentiality.
C: How long does that take on your side?
R: (We answer in five working days.|A week, if it does not come with a portal that logs us out.)
C: He will also ask where the data lives.
E: In one region of your choice, encrypted, and we keep account numbers as tokens only.

@objection Timing: nothing can change during their peak season, and go-live on {goLive} may be too early
@point Timing: {account} will not change anything in peak season; {goLive} is the date under discussion.
C: I like it, but the timing scares me. We cannot touch anything in the turn, and {goLive} is close.
R: What would have to be true for {goLive} to be safe?
C: (Training done two weeks before, and one community that went first.|A way back, if it goes wrong on the first of the month.)
R: We can start with {pilotUnits} homes, keep the old way open for one month, and move the rest after.
C: (That I can sell.|Let me sleep on it.)

@objection Budget: they have {budget} set aside and the quote is {amount} a year
@point The budget is {budget}; the quote is {amount} a year.
C: I have {budget} in the plan for this. You quoted {amount} a year.
R: Is the {budget} for this calendar year or for twelve months from the start?
C: (Calendar year.|Twelve months, I believe.) I can ask for more, but then it goes to the board on {boardDate}.
R: Then let's look at the phasing first, before you spend a favour.

@objection Fees: residents will complain if they have to pay to pay
D: Who pays the card fee? (Because if it is the resident, I will hear about it.|Our residents count every dollar.)
R: You choose. Bank transfers are free for the resident, cards carry a fee unless you absorb it.
D: (And in states that forbid it?|Some cities have rules on that.)
E: It is switched by property, the fee table follows the state.
D: I still think that we will get complaints in the first month.
R: Most do, a little, and it fades once they see that the transfer is free.

@objection Change: site managers were trained on another system last year and are tired of changes
C: My managers are tired. They learned a new leasing tool last year and another one for maintenance.
R: How much would change for them, as you see it?
C: (Honestly, even one more screen is too much.|I do not want another training day.)
R: For most of them a screen goes away: they stop scanning checks. We train in two sessions of twenty minutes.
C: (I will believe it when one of them tells me so.|Then let me talk to a manager who did it.)

@objection Contract: a {term}-year term is longer than they usually sign
@point They balk at the {term}-year term.
C: The {term} years are hard for us. We normally do one, with a renewal.
R: The term is where the {discount} percent discount comes from.
C: (I understand that, but ownership changes, and then I am stuck with it.|What if we sell a community in the meantime?)
R: We can let you drop sold homes without a penalty. It is in the terms of most of our clients.
C: Send me that clause and we can talk.
`,
);
