// Settings: one's own account, users and their profiles.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { profilesQuery, usersQuery } from "./queries";

const own = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/cuenta-propia",
    component: lazyRouteComponent(() => import("./OwnAccount"), "OwnAccount"),
});

/** Which row is open is a part of the address. */
const opened = (search: Record<string, unknown>): { abierto?: string } => (typeof search.abierto === "string" ? { abierto: search.abierto } : {});

const both = () => Promise.all([queries.ensureQueryData(usersQuery()), queries.ensureQueryData(profilesQuery())]);

const users = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/usuarios",
    beforeLoad: needs("manage_users"),
    validateSearch: opened,
    loader: both,
    component: lazyRouteComponent(() => import("./Users"), "Users"),
});

const profiles = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/perfiles",
    beforeLoad: needs("manage_users"),
    validateSearch: opened,
    loader: both,
    component: lazyRouteComponent(() => import("./Profiles"), "Profiles"),
});

export const pages = [own, users, profiles];
