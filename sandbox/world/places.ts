import type { Region } from "./account-names.ts";

export interface Place {
  state?: string;
  country: string;
  /** Up to where the subscriber's number begins; what follows is two digits of a range that no one can be given. */
  dialling: string;
}

const usa = (state: string, area: number): Place => ({
  state,
  country: "United States",
  dialling: `+1 ${area}-555-01`,
});

/** Where the accounts have their seats; the numbers are those that each country keeps free for fiction. */
const PLACES: Readonly<Record<string, Place>> = {
  Columbus: usa("Ohio", 614),
  Baltimore: usa("Maryland", 410),
  Nashville: usa("Tennessee", 615),
  "Ann Arbor": usa("Michigan", 734),
  "Kansas City": usa("Missouri", 816),
  Phoenix: usa("Arizona", 602),
  Norfolk: usa("Virginia", 757),
  Denver: usa("Colorado", 303),
  Tampa: usa("Florida", 813),
  Sacramento: usa("California", 916),
  Austin: usa("Texas", 512),
  Chicago: usa("Illinois", 312),
  Tucson: usa("Arizona", 520),
  Jackson: usa("Mississippi", 601),
  Pittsburgh: usa("Pennsylvania", 412),
  Minneapolis: usa("Minnesota", 612),
  Hartford: usa("Connecticut", 860),
  Oakland: usa("California", 510),
  Boise: usa("Idaho", 208),
  Madison: usa("Wisconsin", 608),
  Seattle: usa("Washington", 206),
  "San Diego": usa("California", 619),
  Boston: usa("Massachusetts", 617),
  "San Antonio": usa("Texas", 210),
  Portland: usa("Oregon", 503),
  Richmond: usa("Virginia", 804),
  Cleveland: usa("Ohio", 216),
  Charleston: usa("South Carolina", 843),
  Toronto: { state: "Ontario", country: "Canada", dialling: "+1 416-555-01" },
  Manchester: usa("New Hampshire", 603),
  London: { country: "United Kingdom", dialling: "+44 20 7946 09" },
  Leeds: { country: "United Kingdom", dialling: "+44 113 496 00" },
  Hamburg: { country: "Germany", dialling: "+49 40 66969 0" },
  Lyon: { country: "France", dialling: "+33 4 65 71 00 " },
  Dublin: { country: "Ireland", dialling: "+353 20 912 01" },
  Pune: { state: "Maharashtra", country: "India", dialling: "+91 20 0000 01" },
  Bengaluru: { state: "Karnataka", country: "India", dialling: "+91 80 0000 01" },
  Sydney: { state: "New South Wales", country: "Australia", dialling: "+61 2 5550 01" },
  Melbourne: { state: "Victoria", country: "Australia", dialling: "+61 3 5550 01" },
};

/** There are two Manchesters: the region tells them apart. */
export function placeOf(city: string, region: Region): Place {
  if (city === "Manchester" && region === "emea") return { country: "United Kingdom", dialling: "+44 161 496 00" };
  const place = PLACES[city];
  if (!place) throw new RangeError(`nobody knows where ${city} is`);
  return place;
}
