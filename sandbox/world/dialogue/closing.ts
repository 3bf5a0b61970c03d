import { compileBank } from "../template.ts";

/** Said before the next steps are listed. */
export const wrapUps = compileBank(
  "Next steps",
  `
R: (We are almost at time|I want to be careful with your time), so let me say back what I heard and what comes next.
C: (Please do.|Yes, go ahead.)

R: (Let's land this.|Okay, let me try to wrap it up.) I have a few next steps, correct me if I have an owner or a date wrong.
C: (Shoot.|I have my calendar open.)

C: (I have to run in a couple of minutes|My next one is waiting), can we agree on what happens now?
R: (Of course.|Yes, I took notes.) Here is what I wrote down.
`,
);

export const goodbyes = compileBank(
  "Closing",
  `
R: (I will put that in an e-mail within the hour.|You will have a recap from me today.) Thank you both.
C: (Thanks {rep}, this was useful.|Appreciate it, {rep}.) Talk soon.
R: (Take care.|Have a good rest of the day.) Bye now.

C: (Good call.|That was shorter than I feared.) Thanks, everybody.
R: (Thank you, {contact}.|Likewise.) And say hello to the team in {city}.
C: (Will do.|I will.) Bye.

R: Is there anything that I should have asked and did not?
C: (No, I think that covers it.|If there is, I will send it over.) Thank you for not reading slides to me.
R: (Ha, I have plenty if you ever miss them.|That was on purpose.) Bye, {contact}.
`,
);
