// The board.
import { useLingui } from "@lingui/react/macro";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useFormat } from "~/app/format";
import { Page } from "~/app/frame/Page";
import { type Column, EmptyState, Table } from "~/ui";
import { type Task, tasksQuery } from "./queries";

export function Board() {
    const { t } = useLingui();
    const format = useFormat();
    const tasks = useSuspenseInfiniteQuery(tasksQuery());
    const rows = useMemo(() => tasks.data.pages.flatMap((page) => page.items), [tasks.data]);
    const columns: Column<Task>[] = [
        { id: "number", header: t`N.º`, width: "80px", cell: (task) => task.task_number, text: (task) => String(task.task_number ?? "") },
        { id: "customer", header: t`Cliente`, width: "minmax(120px,1fr)", cell: (task) => task.customer_name, text: (task) => task.customer_name ?? "" },
        { id: "changed", header: t`Cambió`, width: "140px", from: 480, cell: (task) => format.moment(task.updated_at), text: (task) => format.moment(task.updated_at) },
    ];
    return (
        <Page section={t`Despacho`} title={t`Tablero`}>
            <Table label={t`Tareas`} columns={columns} rows={rows} rowKey={(task) => task.id} onEnd={() => tasks.hasNextPage && !tasks.isFetching && void tasks.fetchNextPage()} empty={<EmptyState title={t`Todavía no hay tareas`} />} />
        </Page>
    );
}
