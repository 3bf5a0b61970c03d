/** What the company has written down for its sales people: [slug, title, keeper's handle, days since the last edit, text]. */
export type PlaybookRow = [slug: string, title: string, keeper: string, editedDaysAgo: number, text: string];

export const PLAYBOOK_ROWS: readonly PlaybookRow[] = [
  [
    "pricing-objections",
    "Pricing objections",
    "maya",
    12,
    "When a customer says that the price per home is above what they pay today, do not defend the number. Ask what a returned payment, a waived late fee and an hour of matching payments by hand cost them, and put these three figures next to the price. Compare a year, not a month: most incumbents leave out set-up, support and the cost of reversals. Offer the volume tier before a discount. Never promise a lower price on the call; take the number that they ask for to the deal desk.",
  ],
  [
    "discount-policy",
    "Discounts and who may grant them",
    "ben",
    30,
    "A volume discount of 10, 15 or 20 percent applies from the second year and only with a term of two or three years. Account executives may grant 10 percent, sales managers 15 percent, and 20 percent needs the VP Sales. A discount for the first year is never granted without an approval in the deal desk channel. The setup fee may be spread over the first year but is not waived.",
  ],
  [
    "security-review",
    "Security review: what to send and when",
    "arjun",
    8,
    "IT departments ask for a completed security review before any data moves. With an agreement on confidentiality in place we send the SOC 2 type two report (twelve months, no exceptions), the summary of this spring's penetration test by an outside firm, and the list of where data is kept. Bring the solutions engineer into the call as soon as a questionnaire is mentioned. A review takes two to three weeks; start it during evaluation, not after the proposal.",
  ],
  [
    "property-system-integration",
    "Integration with property management systems",
    "arjun",
    21,
    "Payments post to Yardi Voyager, RealPage OneSite, Entrata, AppFolio, ResMan, MRI and Aareon. Customers doubt that they post in real time: show it in a test company of their own before anything goes live. Ask for the general ledger codes that a receipt must carry, who may open the interface, and how reversals are booked. In a batch interface a receipt appears within the hour, and we say so.",
  ],
  [
    "competitor-rentswift",
    "Against RentSwift and DomoPay",
    "grace",
    17,
    "RentSwift and DomoPay quote less per home. Both bill returned payments separately and charge residents for cards. Ask for their last invoice and count the reversals. Our strengths are posting to the property system without a nightly file, text message links that need no app, and split payments. Do not speak badly of either; several customers run one of them in other regions and are content.",
  ],
  [
    "competitor-others",
    "Against LeaseLedger, TenantFlow, Kiteline Payments, PropVault and Hearthbank",
    "grace",
    40,
    "LeaseLedger is an accounting product with payments added; it wins where the controller decides. TenantFlow has a pleasant resident app and few homes use it after the first quarter. Kiteline Payments and Hearthbank are processors: cheap, without collections. PropVault sells deposits and gives payments away. Find out who decides before you compare features.",
  ],
  [
    "pilot-plan",
    "How to run a pilot",
    "tomas",
    15,
    "A pilot covers about twelve percent of the homes, at least fifty, in two communities of different size, and runs for six to eight weeks. Agree on the measures before it starts: share of online payments, delinquency, hours spent matching payments, open tickets. Put the date of the decision into the agreement. A pilot without a date for the decision becomes a free year.",
  ],
  [
    "peak-season-timing",
    "Timing and peak season",
    "zoe",
    26,
    "Operators change nothing in their peak season: student housing from July to September, multifamily from May to August. Ask early for the board date and plan backwards: four weeks for legal, three for the security review, five for the interface, two for training. If go-live falls into peak season, propose a start with one community and the rest in the quiet months.",
  ],
  [
    "resident-fees",
    "When residents would have to pay to pay",
    "hannah",
    33,
    "Bank transfers are free for residents. Cards carry a fee that the operator may take over. Customers fear complaints; show them that four in five residents choose the free way once autopay is offered at move-in. Flexible Rent splits a month in two halves, and operators who offer it see fewer late fees and fewer calls at the front desk.",
  ],
  [
    "contract-terms",
    "Contract terms and exit",
    "ruth",
    19,
    "The standard term is two years, three for the largest portfolios. Owners who may sell ask for an exit at the end of a quarter: offer an assignment to the new owner first, then an exit with ninety days' notice for the communities that are sold. Liability, termination and data are the usual redlines; legal answers within three working days if the customer's mark-up comes as a document.",
  ],
];
