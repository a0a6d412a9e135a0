// Which look-up tables there are, counted from their items.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { itemsQuery } from "../queries";
import { tablesIn } from "./tables";

/** As many pages of items are read at most: the server counts no tables, so they are counted here. */
const MOST_PAGES = 20;

/** The tables of the items that were read, and whether there are more items than are ever read. */
export function useTables() {
    const { data, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = useSuspenseInfiniteQuery(itemsQuery());
    const read = data.pages.length;
    useEffect(() => {
        if (hasNextPage && !isFetching && !isFetchNextPageError && read < MOST_PAGES) void fetchNextPage();
    }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage, read]);
    const items = useMemo(() => data.pages.flatMap((page) => page.items), [data]);
    return { tables: useMemo(() => tablesIn(items), [items]), counted: items.length, reading: hasNextPage && read < MOST_PAGES && !isFetchNextPageError, cut: hasNextPage && (read >= MOST_PAGES || isFetchNextPageError) };
}
