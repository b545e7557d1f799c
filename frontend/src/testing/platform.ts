import { setupServer } from "msw/node";

/** The platform as the app sees it over HTTP; each test says what it answers. */
export const platform = setupServer();
