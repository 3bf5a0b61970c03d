/** The role of whatever asks for no other: a question, a digest, a button's task. It has all tools. */
export const usualRole = "sophia";
