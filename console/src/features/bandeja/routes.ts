// The tray: everything that needs a person, in one place.
import { createRoute } from "@tanstack/react-router";
import { lazyPageOf } from "~/app/lazyPage";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { may } from "~/app/session";
import { attentionQuery, disabledQuery, noticesQuery, setAsideQuery } from "./queries";

const page = lazyPageOf("bandeja");

const tray = createRoute({
    getParentRoute: () => rootRoute,
    path: "/bandeja",
    beforeLoad: needs("view_tasks", "manage_tasks", "view_entries", "manage_channels", "manage_installations", "run_imports", "manage_templates", "manage_account"),
    loader: () =>
        Promise.all([
            queries.ensureQueryData(noticesQuery(false)),
            may("view_tasks") ? queries.ensureQueryData(attentionQuery()) : undefined,
            may("view_entries") ? queries.ensureQueryData(setAsideQuery()) : undefined,
            may("manage_channels") ? queries.ensureQueryData(disabledQuery()) : undefined,
        ]),
    component: page(() => import("./Tray"), "Tray"),
});

export const pages = [tray];
