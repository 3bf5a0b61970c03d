import { compileBank } from "../template.ts";

export const integration = compileBank(
  "Integration",
  `
E: Let me draw the flow. Charges come from {propertySystem} every fifteen minutes. Receipts go back as soon as the bank confirms. At two in the morning we compare every lease and send you the differences.
D: So charges are not instant.
E: Not by default. If a manager adds a charge and the resident stands in front of them, there is a refresh button, which takes a few seconds.
D: (That is better than what I feared.|I can live with fifteen minutes.) What do you need from our side?
E: One interface user with six permissions, and a list of the properties. We never write anything but receipts, reversals and notes.

@point {second} wants to see {propertySystem} post into a test company before anything goes live.
D: Before I agree to anything, I want it posting into our test company. {propertySystem} behaves differently from client to client, and I am the one who gets the call at night.
E: Agreed. We connect the test company first, run last month's payments through it, and compare to the cent.
D: How long does that take?
E: (Three days if the user exists.|A week, with one meeting.) The slow part is usually waiting for the permissions.
D: I can get those. I know whom to bother.

E: Which version are you on, and who hosts it?
D: We are on the hosted one, the latest but one. They upgrade us in spring.
E: (Good to know, the interface changed in that release.|Then we should test twice, once before and once after.) Do you use custom lease charges?
D: Around forty of them. (Nobody remembers what half are for.|Parking alone has seven.)
E: I will send a small script that lists them. If we map the twenty that matter, the rest can fall into one bucket.

D: What happens if you send a receipt and the answer gets lost?
E: Each receipt carries a number of ours. Before we try again, we ask whether that number is there. If it is, we are done.
D: (Good, because our last vendor did not ask.|I have a scar from that.) We had double postings for a week and nobody would say whose fault it was.
E: We keep the whole exchange for ninety days. If there is a doubt, we look at it together.

C: We have two communities on another system, they came with the acquisition. Would you take those as well?
E: Which one?
C: (An older desktop product, I would have to look up the name.|Spreadsheets, if I am honest.) They move to {propertySystem} next year.
E: For those we can start with a daily file, and switch them over when they move. Residents would not notice.
C: That is one less reason to wait.

D: Can we get the raw data out? (We have a small warehouse and one analyst who guards it.|Our analyst builds the owner reports herself.)
E: There is an export every night, and an interface if she prefers to pull. The fields are documented, and we tell you thirty days before we change one.
D: Does it include the failed attempts?
E: Everything that reached us. Attempts, reasons, which reminder was sent before.
D: She will be happy. Nobody has ever given us the failed ones.

E: One question about bank accounts. Is it one account for each property, or one for each owner?
D: One for each legal entity, so {properties} communities give us about thirty accounts. (Some have two, for deposits.|Deposits are separate, in some states they must be.)
E: That is fine. We verify each account with a small deposit, which takes two days. It helps if one person can read all of the statements.
D: That would be my colleague in treasury. I will introduce you.

C: What does single sign-on look like? My people have enough passwords.
E: We speak the usual standard, you send us a metadata file, and we test with one user. Roles can come from your groups.
C: And if our identity provider is down on the first of the month?
E: Then you have two emergency accounts in a sealed envelope. (I am only half joking.|Really, people print them.)
C: (We had that exact outage in May.|I like the envelope.)
`,
);

export const security = compileBank(
  "Security",
  `
@point The security review covers the SOC 2 report, the penetration test and where data is kept.
C: Let me go through IT's list. First, are you audited?
E: Yes, SOC 2, type two, twelve months, with no exceptions in the last report. The penetration test was done in the spring by an outside firm, and we share the summary.
C: Second, who can see our residents' data on your side?
E: Support sees name, unit and payment status. Account numbers are tokens, nobody can read those. Engineers get access for an hour with a ticket, and it is logged.
C: Third, he wants to know what happens if you are breached.
R: You hear from us within a day, by phone first. It is in the agreement, and so is who pays for what.

C: Are you certified for cards? Our bank asks every year.
E: Level one, and the card form is served from a separate domain, so your own site stays out of scope.
C: (That alone would save me a questionnaire.|Our bank's form has a box for that.) Can we get the attestation?
E: It is in the data room, together with the list of subprocessors. You get an e-mail when that list changes.

D: How long do you keep things? Our lawyers say seven years, our residents say delete everything.
E: Payment records for seven years, messages for two, and bank logins never, we do not hold them. If a resident asks for deletion, we remove what the law lets us and say what stays.
D: (That is a sentence I can forward.|Write that down for me exactly like this.)

C: Do you use any of our data to train models? (It is a new question on the form.|I have to ask, it is on every list now.)
E: No. There are rules that score risk, they are ours and can be explained. No text of your residents goes into anybody's model.
C: And the chat on your support page?
E: It drafts answers from our help pages. A person sends them.
C: (He will want it in writing.|Put it in the contract, please.)

D: Tell me about downtime. The only days I care about are the last two and the first five of a month.
E: In the last twelve months we were down for thirty-eight minutes, none of it on those days. Changes are frozen then.
D: And when you are down, can residents still pay?
E: Payments that were scheduled go out from a second site. New ones wait, and we do not let a late fee start on such a day.
D: (The late fee part is smart.|That would have saved me fifty calls once.)

C: Our insurer asks whether you test your backups.
E: Every quarter, into an empty environment, with a stopwatch. The last one took under three hours.
C: (Three hours is fine.|I will pass that on.) Do you write it down anywhere?
E: There is a one-page protocol, signed by the person who did it. I will add it to the folder.
`,
);
