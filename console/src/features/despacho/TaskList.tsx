// The tasks of the day, what needs a person first. The list gives up columns before it cuts words.
import { Trans, useLingui } from "@lingui/react/macro";
import { memo, useMemo } from "react";
import { useFormat } from "~/app/format";
import { Button, type Column, EmptyState, Table } from "~/ui";
import { isFiltered } from "./filter";
import { planned } from "./model";
import type { Task } from "./queries";
import type { Board } from "./useBoard";
import { TaskStatus, titleOf } from "./words";

type Props = { board: Board; current?: string; selected: ReadonlySet<string>; onSelect: (keys: Set<string>) => void; onOpen: (task: Task) => void; onMenu: (task: Task, place: { x: number; y: number }) => void; onDragStart?: (task: Task, event: React.DragEvent) => void; onClear: () => void; hideTitle?: boolean };

export const TaskList = memo(function TaskList({ board, current, selected, onSelect, onOpen, onMenu, onDragStart, onClear, hideTitle }: Props) {
    const { t } = useLingui();
    const format = useFormat();
    const { listed, ofDay, now } = board;
    const columns = useMemo((): Column<Task>[] => {
        const start = (task: Task) => {
            const span = planned(task);
            return span ? format.moment(span.from, now) : "";
        };
        const people = (task: Task) => task.progress.assignments.map((one) => one.name || one.number).join(", ");
        return [
            { id: "number", header: t`N.º`, width: "68px", cell: (task) => task.task_number, text: (task) => String(task.task_number ?? "") },
            { id: "customer", header: t`Cliente`, width: "minmax(110px,1fr)", cell: titleOf, text: titleOf },
            { id: "status", header: t`Estado`, width: "minmax(118px,168px)", cell: (task) => <TaskStatus task={task} now={now} /> },
            { id: "person", header: t`Técnico`, width: "minmax(80px,130px)", from: 640, cell: people, text: people },
            { id: "start", header: t`Inicio`, width: "76px", numeric: true, from: 420, cell: start, text: start },
        ];
    }, [t, format, now]);
    return (
        <section className="pane list" aria-label={t`Tareas`}>
            {!hideTitle && (
                <div className="pane-head">
                    <h2>
                        <Trans>Tareas</Trans>{" "}
                        <span className="n">
                            {listed.length === ofDay.length ? format.number(ofDay.length) : <Trans>{format.number(listed.length)} de {format.number(ofDay.length)}</Trans>}
                        </span>
                    </h2>
                    <span className="grow" />
                    <small>
                        <Trans>Lo urgente primero</Trans>
                    </small>
                </div>
            )}
            <Table
                label={t`Tareas`}
                columns={columns}
                rows={listed}
                rowKey={keyOf}
                rowLabel={(task) => `${task.task_number} ${titleOf(task)}`}
                current={current}
                selected={selected}
                onSelect={onSelect}
                onOpen={onOpen}
                onRowMenu={onMenu}
                onDragStart={onDragStart}
                empty={
                    isFiltered(board.filter) && ofDay.length > 0 ? (
                        <EmptyState title={t`Ninguna tarea con estos filtros`} acts={<Button onPress={onClear}>{t`Quitar filtros`}</Button>}>
                            <Trans>Hay {ofDay.length} tareas este día; los filtros las ocultan.</Trans>
                        </EmptyState>
                    ) : (
                        <EmptyState title={t`No hay tareas este día`}>
                            <Trans>Llegan con «Nueva tarea», con una importación o del sistema de la empresa.</Trans>
                        </EmptyState>
                    )
                }
            />
        </section>
    );
});

const keyOf = (task: Task) => task.id;
