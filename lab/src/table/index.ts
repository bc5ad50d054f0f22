/** What tests run of this folder. */
export * from "./csv";
export * from "./encode";
export * from "./learn";
export * from "./numerals";
export * from "./steps";
