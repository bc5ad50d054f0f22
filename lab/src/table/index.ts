/** What tests run of this folder. */
export * from "./csv";
export * from "./csv_out";
export * from "./encode";
export * from "./examples";
export * from "./learn";
export * from "./numerals";
export * from "./steps";
