// For whom something holds, without a screen.

export type ScopeDraft = { whole: boolean; groups: string[]; employees: string[] };
export type Scoped = { whole_company?: boolean; groups?: string[]; employees?: string[] };

export const scopeDraft = (one?: Scoped): ScopeDraft => ({ whole: one?.whole_company ?? one === undefined, groups: one?.groups ?? [], employees: one?.employees ?? [] });
export const scopeBody = ({ whole, groups, employees }: ScopeDraft) => ({ whole_company: whole, groups: whole ? [] : groups, employees: whole ? [] : employees });
