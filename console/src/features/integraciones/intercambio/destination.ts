// Where files go, as a form holds it, without a screen. Exports and channels go to the same places.

/** The ids of those to whom files go, each empty where they do not, and the folder there. */
export type To = { key: string; remote: string; agent: string; folder: string };

type Given = { key?: string | null; remote?: string | null; agent?: string | null; folder?: string | null };

export const toOf = (one?: Given | null): To => ({ key: one?.key ?? "", remote: one?.remote ?? "", agent: one?.agent ?? "", folder: one?.folder ?? "" });

export const goesNowhere = ({ key, remote, agent }: To): boolean => !(key || remote || agent);

/** As the server takes it: what is not chosen is not named. */
export const toBody = ({ key, remote, agent, folder }: To) => ({ ...(key ? { key } : {}), ...(remote ? { remote } : {}), ...(agent ? { agent } : {}), folder: folder.trim() });
