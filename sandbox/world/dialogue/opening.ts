import { compileBank } from "../template.ts";

export const smallTalk = compileBank(
  "Small talk",
  `
R: (Hi {contact}, good to see you.|Hey {contact}, thanks for joining.|Morning {contact}, can you hear me all right?) How are things in {city}?
C: (Busy, but I can't complain.|Hectic, it is the first week after rent day.|Good, good.) (We had storms all weekend and two elevators went out.|Half the office is out with a cold.|We just got through an audit, so everybody is in a better mood.)
R: (Oh no, I hope it calms down.|That sounds like a full week already.) (Ours has been raining since Tuesday.|We moved desks yesterday, so ignore the boxes behind me.)
C: Ha, no problem at all.

R: {contact}, did you end up going to the apartment association conference?
C: I did, two days of it. (The keynote was about insurance, so I caught up on e-mail.|My feet still hurt from the exhibit hall.)
R: (We had a booth near the coffee.|I was stuck at the booth for most of it.) Did anything stand out?
C: (Everybody says they do payments now.|A lot of robots writing e-mails.) Very few could show me a reconciliation report.
R: That is a fair summary of the industry, honestly.

R: (Thanks for making the time, {contact}.|Appreciate you squeezing us in, {contact}.) I know {today} was not an easy day to find.
C: (It was the only half hour I had.|My two o'clock moved, so you are in luck.) I have a hard stop at the end though.
R: (Understood, we will keep it tight.|That works, we will not need all of it.)

R: {contact}, is that a new office behind you?
C: (It is my daughter's room, actually.|We renovated the leasing center, I am in the model unit.) (The one over in the tower had no heat.|Construction is on our floor this month.)
R: (I like the bookshelf.|It looks bright.) Better than my wall.
C: Do not look too closely, half of it is still in boxes.

R: (Did you watch the game last night?|How was the long weekend?)
C: (We lost in overtime, so let's not talk about it.|Quiet, we took the kids to the lake and nobody fell in.)
R: (I am sorry for your loss.|That is what a weekend is for.) (I spent mine putting together a bunk bed.|I got as far as the garden.)
C: (Ha.|Sounds about right.)
`,
);

export const agenda = compileBank(
  "Agenda",
  `
R: (So, for the agenda|Let me set the stage for today): I would like to hear (how payments run at {account} today|what changed on your side since we last spoke), then (show you the part that matters|walk through what we put together), and leave five minutes for next steps. Does that work?
C: (Works for me.|Yes, that is what I had in mind.) {second} may have some questions on the accounting side.
D: (I will jump in when I have one.|I do, I wrote them down.)

R: I sent a short agenda, did that reach you?
C: (It did.|I skimmed it on the way in.) The thing I most want is an honest answer on (timing|cost|how the {propertySystem} part works).
R: (We will start there, then.|Good, I would rather begin with the hard one.)

R: Before we start, is it fine if this call is recorded? It helps me not to type the whole time.
C: (That is fine.|Go ahead.) We record ours too.
R: Great. Then (let me pull up my notes|let me share where we left off), and stop me whenever something is off.

C: (Before you start, {rep}|Quick one before we dive in, {rep}): I only want to leave with a clear picture for our leadership meeting on {boardDate}.
R: (That helps.|Good to know.) So we should end with a page that you can forward.
C: Exactly. One page, not twenty.
R: One page it is.
`,
);

export const introductions = compileBank(
  "Introductions",
  `
C: I brought {second} along today. (She has|They have) the numbers, I have the opinions.
D: Hi all. I am the {secondTitle} here, and I (will be the one who lives with whatever we choose|look after what happens once money reaches the bank).
R: (Very glad to meet you, {second}.|Welcome, {second}.) On our side I have {engineer} with me, who (knows every integration by heart|has set up more of these than anybody).
E: (Hello everyone.|Nice to meet you both.) Ask me anything technical, and if I do not know it I will write it down.
`,
);
