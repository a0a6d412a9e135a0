// Queries that are asked anew because what they are about changed: each at once, but one that is under way ends first and is
// asked once more then. A company in which something changes all the time would else never see an answer.
import type { Query, QueryClient } from "@tanstack/react-query";

export function askAnew(queries: QueryClient): (concerns: (query: Query) => boolean) => void {
    const underWay = new Set<string>();
    const again = new Set<string>();
    const ask = (query: Query) => {
        const { queryHash, queryKey } = query;
        if (underWay.has(queryHash)) {
            again.add(queryHash);
            return;
        }
        underWay.add(queryHash);
        void queries.invalidateQueries({ queryKey, exact: true }).finally(() => {
            underWay.delete(queryHash);
            if (again.delete(queryHash)) ask(query);
        });
    };
    return (concerns) => queries.getQueryCache().findAll({ predicate: concerns }).forEach(ask);
}
