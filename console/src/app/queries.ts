// The one copy of what the server said. The first word of a key is the topic by which the live stream says it changed.
import { QueryClient } from "@tanstack/react-query";
import { Refusal } from "~/api/problem";

export const queries = new QueryClient({
    defaultOptions: {
        queries: {
            staleTime: 30_000,
            refetchOnWindowFocus: false,
            // A refusal does not become another answer by asking again; a server that was not reached may.
            retry: (times, error) => times < 2 && error instanceof Refusal && (error.problem.status === 0 || error.problem.status >= 502),
        },
        mutations: { retry: false },
    },
});
