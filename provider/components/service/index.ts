export * from "./verified-service";
