// What the board asks the server.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api } from "~/api/client";

export type Task = Schemas["TaskShown"];

export const tasksQuery = () =>
    infiniteQueryOptions({
        queryKey: ["tasks", "list"],
        queryFn: ({ pageParam, signal }) => answer(api.GET("/v1/tasks", { params: { query: { after: pageParam, limit: 200 } }, signal })),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });
