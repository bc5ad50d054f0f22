/** The programs that give the numbers on the screen. */
export { programInPython } from "./program_python";
export { programInR } from "./program_r";
