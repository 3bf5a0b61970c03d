import { compileBank } from "../template.ts";

export const pricing = compileBank(
  "Pricing",
  `
@point The proposal stands at {unitPrice} per home for {units} homes, {amount} a year, plus a setup fee of {setupFee}.
R: So, the proposal. It is {unitPrice} per home and month for {units} homes, which comes to {amount} a year. There is a one-time setup fee of {setupFee}.
C: What is in the {setupFee}?
R: The connection to {propertySystem}, the bank accounts, and training for every site. After that there is nothing hidden, messages and the cash network are in the price.
C: (Okay, that is clearer than the last one I got.|I will have to read the small print anyway.) And if we add homes later?
R: Same price per home, no second setup.

@point {contact} asked for {askedPrice} per home; nothing was promised.
C: I will put my cards on the table. At {askedPrice} per home I can sign this without asking anybody.
R: I hear you. I cannot say yes to {askedPrice} on this call. What I can do is look at what would have to change for it, the term, the volume, or the start.
C: (Look at all three, then.|I do not want fewer features for it, that is all.)
R: Understood. I will come back with one or two ways, not with a shrug.

@point A pilot of {pilotUnits} homes was discussed as the first phase.
C: Could we start smaller? Not all {units} homes on one day.
R: We could begin with {pilotUnits} homes in two or three communities. Same price, and the setup is charged only once, when you go on.
C: And if we stop after the pilot?
R: Then you pay for the months that ran. I would want us to agree now what success looks like, so that nobody argues later.
C: (Adoption and tickets, those two.|If adoption goes up by a third, I am happy.)

R: Let me turn the cost around. Your team loses {hours} hours a week on matching, and you waived {lateFees} in late fees. Put a price on the hours and you are at more than half of what we cost before a single resident pays faster.
C: (I know, but hours do not show up in my budget.|My owners do not count hours, they count invoices.)
D: They show up in mine. I was about to hire somebody.
C: That is a fair point. If we do not hire, I can move that money.

@point With the volume tier, a {discount} percent discount applies from the second year.
C: Is there a volume discount?
R: From the second year, {discount} percent, if you are above the homes we talked about. I would rather show you that now than have you find out later.
C: (Why not from the first?|Could we pull that forward?)
R: Because the first year is where all our work is. If you commit to {term} years, I can ask the deal desk.
C: Ask them. I will not hold you to it.

D: How are we billed? We had a vendor that billed each property separately and it drove us mad.
R: One invoice, with a sheet by property and by owner. You can pay monthly, or a year ahead with two percent off.
D: (Monthly, please, cash is tight before the tax date.|A year ahead might work, let me ask.) And card fees, do they come off the top?
R: They are never netted. You get the full rent, and the fees are on the invoice. It keeps your ledger clean.

C: What would a competitor tell me about your price?
R: Probably that we charge for the home and not for the payment. It means that you pay for empty homes as well.
C: Right, and I have a few hundred of those.
R: We leave out homes that were empty for the whole month. It is in the definitions, on the second page.
C: (I had not seen that.|That is worth more than a discount to me.)

D: Our auditor will ask whether the fee is an expense or a contra to revenue.
R: I am not an accountant, so I will not pretend. Most clients book it as an operating expense of the property.
D: (We would too, I think.|Our owners want it in management fees.) I only need the invoice to say what it is for.
R: It does, line by line. I can send a sample.
`,
);

export const competition = compileBank(
  "Competition",
  `
@competitor {rival}
@point {rival} quoted {rivalPrice} per home.
C: You should know that we are also talking to {rival}. They quoted us {rivalPrice} per home.
R: Thanks for telling me. What do you like about them?
C: (Their app looks nice, and they are cheaper on paper.|The salesperson knows our business, I will give him that.)
R: And what are you unsure about?
D: They could not tell me how they post reversals. (They said it was on the roadmap.|I asked twice.)
R: Then I would ask them to show it live with {propertySystem}. If they can, you have a real choice.

@competitor {rival}
C: A friend at another company moved to {rival} last year, and she regrets it.
R: Do you know why?
C: (The onboarding took seven months.|Support was fine until the contract was signed.) She said they lost two months of autopay enrolments in the move.
R: That happens when enrolments are not carried over. We bring them over with the bank tokens, so that residents do not have to sign up again.
C: Can you prove that?
R: I can give you somebody who did it with us. She is blunt, you will like her.

@competitor {incumbent}
@point {incumbent} raised its price at the last renewal, and the contract ends on {renewalDate}.
R: When does the contract with {incumbent} end?
C: On {renewalDate}, and they raised the price the last time without asking. (It renews by itself if we do not write to them.|There is a notice period, sixty days I believe.)
R: Then you would want to send that letter in any case, just to keep your hands free.
C: (It is on my list.|I will have legal look at it.) They also offered us a discount when they heard that we were looking.
R: They usually do. The question is what it looks like in the year after.

C: One of our owners suggests that we build it ourselves. He has a nephew.
R: (There is always a nephew.|I have met several of those.) The first version works, in my experience. It is the returns, the card rules and the thirty-first of the month that eat you.
C: I know, but I need an answer that does not insult the nephew.
R: Tell him that you would need somebody awake on the first of every month at midnight, for as long as the company exists.
C: (That I can use.|Ha, that will do.)

D: Our bank offers a lockbox. They say it takes care of the checks for a flat fee.
R: It does, for checks. What would it do for the people who pay online?
D: Nothing, I think.
R: So you would have the lockbox file, the portal file and the bank file. It is one more thing to match, and the fee grows with paper.
D: (I had not put it that way.|True, it would be a third file.) Still, it is the bank, and the board trusts banks.
R: We can sit next to it. Some clients keep the lockbox for a year until it is empty.

C: {propertySystem} has its own payment module, as you know. Our account manager brings it up each time.
R: It is a decent product. If all you need is a card form and a transfer, it may be enough.
C: I did not expect you to say that.
R: (I would rather say it now than have you find out.|You would hear it from somebody.) Where it stops is splitting rent, cash, plans, and everything after a payment came back.
C: Those are exactly the four things on my list.
`,
);

export const negotiation = compileBank(
  "Contract",
  `
@point Legal has open redlines on liability, termination and data.
C: Legal sent the redlines back. There are three that matter: the cap on liability, the exit, and who owns the data.
R: The data is yours, that one is easy, we will say it more clearly. On the cap we go to twelve months of fees. Beyond that I need our counsel.
C: They want twenty-four.
R: I will ask, but I do not want to raise your hopes. (For data breaches there is a higher one already.|Breach of confidentiality is outside of the cap in any case.)
C: (That may be enough, let me check.|Then show them that paragraph, they may have missed it.)

@point Signature is expected by {closeDate} if legal agrees.
R: Who signs on your side, and when?
C: Our COO signs, and she is away next week. If legal is done, it can be signed by {closeDate}.
R: Does she need to hear from us before?
C: (Ten minutes would help. She will ask about references, not about features.|No, she trusts us, but she reads every page.)
R: I will keep a slot open for her. And I will send a version without comments, so that she reads the real thing.

C: The service levels. You write ninety-nine and a half, my IT wants three nines.
R: We run above that, but what we promise is what we pay for. For the first five days of a month we can promise more.
C: (That is the part that counts.|I can live with it, if it is only those days.) What do I get if you miss it?
R: A credit of a tenth of that month's fee, and a report that tells you what happened. You can leave after three misses in a year.

D: Our procurement needs a supplier form, an insurance certificate and a bank letter. (They do not read e-mails, only the portal.|It takes them three weeks, whatever you do.)
R: Then let's start that today. Whom do I write to?
D: I will send you an invitation to the portal. Use the exact legal name or it bounces.
R: (Been there.|I will copy it from the contract.) Anything else that could hold it up?
D: If the amount is above their limit, it goes to a second person. {amount} is above it.

@objection Exit: they want to leave at the end of any quarter if owners change
C: If we sell a portfolio, I want to be out of that part within the quarter. No penalty, no debate.
R: Sold homes can leave with thirty days' notice, we have that clause. For leaving as a whole I can offer the end of a contract year.
C: (The first is what matters.|End of a year is thin, but let me show it to them.)
R: I understand why you ask. Two of our clients sold a third of their homes last year, and both are still with us.

C: Could we have the price in writing for the expansion too? We take over more homes in the new year.
R: Yes, the same {unitPrice} for anything you add in the first eighteen months.
C: (Put eighteen months in the order form, please.|And after that?) I do not want to find myself at list price later.
R: It will be on the first page. After that the increase is capped at three percent a year.

D: There is a sentence on audit rights that our controller does not like. It says that you may check our unit count.
R: It is about honesty in both directions. We take the count from {propertySystem}, so in practice nobody comes to visit.
D: Then write it like that. (She reads it as somebody going through drawers.|It sounds like a raid.)
R: Fair. I will have it rephrased.
`,
);
