/** What tests run of this folder. */
export * from "./file";
export * from "./json";
export * from "./link";
export * from "./program";
export { ModelFileError } from "./sealed";
