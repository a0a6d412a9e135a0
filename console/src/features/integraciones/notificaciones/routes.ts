// Notifications: the channels by which events leave; the open one stands in the address.
import { createRoute } from "@tanstack/react-router";
import { lazyPageOf } from "~/app/lazyPage";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { channelsQuery } from "./queries";

const page = lazyPageOf("integraciones");

export type ChannelsSearch = { canal?: string; editar?: boolean };

const notifications = createRoute({
    getParentRoute: () => rootRoute,
    path: "/integraciones/notificaciones",
    validateSearch: (search: Record<string, unknown>): ChannelsSearch => ({ canal: typeof search.canal === "string" ? search.canal : undefined, editar: search.editar === true || undefined }),
    beforeLoad: needs("manage_channels"),
    loader: () => queries.ensureQueryData(channelsQuery()),
    component: page(() => import("./Channels"), "Channels"),
});

export const pages = [notifications];
