export { engineLine } from "./engine-lines";
export { type Row, Screen, type Speaker } from "./screen";
