// Permissions that a profile could not name when it was saved.
import type { Permission } from "~/app/session";
import type { Profile } from "./queries";

/** When a permission came that not every release had: profiles saved before could not name it. */
const CAME: Partial<Record<Permission, string>> = { manage_exchange: "2026-11-29", view_transfers: "2026-11-29", use_file_exchange: "2026-11-29", view_calls: "2026-11-29" };

/** The permissions that came after the profile was saved last. */
export const newSince = (profile: Profile): Permission[] => (Object.keys(CAME) as Permission[]).filter((permission) => (CAME[permission] ?? "") > profile.updated_at);
