/** What tests run of this folder. */
export * from "./csv";
export * from "./csv_out";
export * from "./dates";
export * from "./encode";
export * from "./examples";
export * from "./features";
export * from "./input_steps";
export * from "./learn";
export * from "./prediction_steps";
export * from "./predictions";
export * from "./steps";
