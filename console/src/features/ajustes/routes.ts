// Settings: for now one's own account.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/app/root";

const own = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/cuenta-propia",
    component: lazyRouteComponent(() => import("./OwnAccount"), "OwnAccount"),
});

export const pages = [own];
