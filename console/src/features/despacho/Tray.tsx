// What nobody has yet: to be dragged on a person, or given with `A`.
import { Trans, useLingui } from "@lingui/react/macro";
import { useVirtualizer } from "@tanstack/react-virtual";
import { CircleCheck, GripVertical, UserPlus } from "lucide-react";
import { type KeyboardEvent, memo, useRef, useState } from "react";
import { useFormat } from "~/app/format";
import { Button, EmptyState, Status } from "~/ui";
import { toggled } from "~/ui/rows";
import { instantOf, lateMinutes, planned } from "./model";
import type { Task } from "./queries";
import type { Board } from "./useBoard";
import { ICONS, titleOf } from "./words";

type Props = { board: Board; current?: string; selected: ReadonlySet<string>; onSelect: (keys: Set<string>) => void; onOpen: (task: Task) => void; onAssign?: () => void; onMenu: (task: Task, place: { x: number; y: number }) => void; onDragStart?: (task: Task, event: React.DragEvent) => void };

export const Tray = memo(function Tray({ board, current, selected, onSelect, onOpen, onAssign, onMenu, onDragStart }: Props) {
    const { t } = useLingui();
    const box = useRef<HTMLDivElement>(null);
    const { tray } = board;
    const [focused, setFocused] = useState(0);
    const virtual = useVirtualizer({ count: tray.length, getScrollElement: () => box.current, estimateSize: () => 48, overscan: 6 });
    const active = Math.min(focused, tray.length - 1);
    const onKeyDown = (event: KeyboardEvent) => {
        const steps: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: tray.length - 1 };
        const to = steps[event.key];
        const task = tray[active];
        if (!task || event.ctrlKey || event.altKey || event.metaKey) return;
        if (to !== undefined) {
            event.preventDefault();
            const place = Math.max(0, Math.min(to, tray.length - 1));
            setFocused(place);
            virtual.scrollToIndex(place);
            requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus({ preventScroll: true }));
        } else if (event.key === "Enter") {
            event.preventDefault();
            onOpen(task);
        } else if (event.key === " ") {
            event.preventDefault();
            onSelect(toggled(selected, task.id));
        } else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
            event.preventDefault();
            const edge = (event.target as HTMLElement).getBoundingClientRect();
            onMenu(task, { x: edge.left + 24, y: edge.bottom });
        }
    };
    return (
        <section className="pane tray" aria-label={t`Sin asignar`}>
            <div className="pane-head">
                <h2>
                    <Trans>Sin asignar</Trans> <span className="n">{tray.length}</span>
                </h2>
                <span className="grow" />
                {onAssign && (
                    <Button look="quiet" small icon={UserPlus} keyName="A" onPress={onAssign}>
                        <Trans>Asignar</Trans>
                    </Button>
                )}
            </div>
            <div ref={box} className="tray-scroll">
                {tray.length === 0 ? (
                    <EmptyState icon={CircleCheck} title={t`Todo está asignado`} />
                ) : (
                    <div role="listbox" aria-label={t`Tareas sin asignar`} aria-multiselectable className="tray-list" style={{ height: virtual.getTotalSize() }} onKeyDown={onKeyDown}>
                        {virtual.getVirtualItems().map((item) => {
                            const task = tray[item.index];
                            if (!task) return null;
                            const chosen = selected.has(task.id);
                            const about = [task.links?.type?.name, task.location?.address].filter(Boolean).join(" · ") || String(task.task_number ?? "");
                            return (
                                <div
                                    key={task.id}
                                    role="option"
                                    aria-selected={chosen}
                                    aria-setsize={tray.length}
                                    aria-posinset={item.index + 1}
                                    data-place={item.index}
                                    tabIndex={item.index === active ? 0 : -1}
                                    className={`tray-row${task.id === current ? " is-current" : ""}`}
                                    style={{ transform: `translateY(${item.start}px)` }}
                                    draggable={onDragStart ? true : undefined}
                                    onDragStart={onDragStart && ((event) => onDragStart(task, event))}
                                    onFocus={() => setFocused(item.index)}
                                    onClick={(event) => (event.ctrlKey || event.metaKey || event.shiftKey ? onSelect(toggled(selected, task.id)) : onOpen(task))}
                                    onContextMenu={(event) => {
                                        event.preventDefault();
                                        onMenu(task, { x: event.clientX, y: event.clientY });
                                    }}
                                >
                                    <GripVertical size={14} aria-hidden />
                                    <b className="cut" title={titleOf(task)} dir="auto">
                                        {titleOf(task)}
                                    </b>
                                    <small className="cut" title={about} dir="auto">
                                        {about}
                                    </small>
                                    <Window task={task} now={board.now} />
                                </div>
                            );
                        })}
                    </div>
                )}
            </div>
        </section>
    );
});

/** When it must be done: its window and its length, or by when. */
function Window({ task, now }: { task: Task; now: number }) {
    const { t } = useLingui();
    const format = useFormat();
    const start = instantOf(task.start);
    const due = instantOf(task.due);
    if (lateMinutes(task, now) > 0) {
        return (
            <span className="win">
                <Status family="late" icon={ICONS.late}>
                    {due !== undefined && due > now ? t`antes de ${format.moment(due, now)}` : format.minutes(lateMinutes(task, now))}
                </Status>
            </span>
        );
    }
    const length = task.duration_minutes ? format.minutes(task.duration_minutes) : undefined;
    const span = start !== undefined && due !== undefined ? `${format.time(start)}–${format.time(due)}` : planned(task) ? format.moment(planned(task)?.from ?? 0, now) : t`sin hora`;
    return <span className="win">{[span, length].filter(Boolean).join(" · ")}</span>;
}
