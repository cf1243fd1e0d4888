/** The build holds the in-memory host with its demonstration data. */
declare const __DEMO__: boolean;
