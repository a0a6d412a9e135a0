// Dispatch: the board, with its filter, its day and its task in the address.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { tasksQuery } from "./queries";

const board = createRoute({
    getParentRoute: () => rootRoute,
    path: "/tablero",
    beforeLoad: needs("view_tasks", "manage_tasks"),
    loader: () => queries.ensureInfiniteQueryData(tasksQuery()),
    component: lazyRouteComponent(() => import("./Board"), "Board"),
});

export const pages = [board];
