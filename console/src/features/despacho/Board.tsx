// The board: tray, list, axis and map share one selection and one filter, which stand in the address.
import { Trans, useLingui } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import { useActions } from "~/app/actions";
import { Page } from "~/app/frame/Page";
import { useMay } from "~/app/session";
import { Button, useNarrow } from "~/ui";
import { type Refused, useTaskActs } from "./acts";
import { AssignDialog } from "./AssignDialog";
import { Attention } from "./Attention";
import { Axis } from "./Axis";
import { DayStepper } from "./DayStepper";
import { type BoardSearch, type Filter, VIEWS } from "./filter";
import { Filters } from "./Filters";
import { MapPane } from "./MapPane";
import { isOver, stepped } from "./model";
import { NarrowTechnicians } from "./NarrowTechnicians";
import type { Task } from "./queries";
import { RefusedDialog } from "./RefusedDialog";
import { StatusDialog } from "./StatusDialog";
import { TaskDrawer } from "./TaskDrawer";
import { TaskList } from "./TaskList";
import { TaskMenu } from "./TaskMenu";
import { Tray } from "./Tray";
import { useBoard, type View } from "./useBoard";
import { useWords } from "./words";
import "./board.css";

const route = getRouteApi("/tablero");

const NOTHING_CHOSEN: ReadonlySet<string> = new Set();
const NOTHING: Filter = { grupo: undefined, tipo: undefined, tecnico: undefined, estado: undefined, q: undefined, sin_punto: undefined };

export function Board() {
    const { t } = useLingui();
    const search = route.useSearch();
    const navigate = route.useNavigate();
    const narrow = useNarrow();
    const mayManage = useMay("manage_tasks");
    const { filter, view } = useView(search);
    const board = useBoard(view);
    const day = search.dia ?? board.today;
    const [selected, select] = useState<ReadonlySet<string>>(NOTHING_CHOSEN);
    const [refused, setRefused] = useState<Refused[]>([]);
    const [asked, ask] = useState<{ what: "assign" | "status"; tasks: Task[] } | null>(null);
    const [menu, setMenu] = useState<{ task: Task; x: number; y: number } | null>(null);
    const { assignTo, become } = useTaskActs(setRefused);
    const dragged = useRef<Task[]>([]);
    const go = useCallback((change: Partial<BoardSearch>, replace = false) => void navigate({ search: (before: BoardSearch) => ({ ...before, ...change }), replace }), [navigate]);
    const open = useCallback((task: Task) => go({ tarea: task.id, editar: undefined }), [go]);
    const close = useCallback(() => {
        const id = search.tarea;
        go({ tarea: undefined, editar: undefined });
        requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-key="${CSS.escape(id ?? "")}"]`)?.focus());
    }, [go, search.tarea]);

    // What an act is about: what is chosen, else what is open.
    const subjects = useMemo(() => {
        const chosen = [...selected].flatMap((id) => board.byId.get(id) ?? []);
        const current = search.tarea ? board.byId.get(search.tarea) : undefined;
        return chosen.length > 0 ? chosen : current ? [current] : [];
    }, [selected, board.byId, search.tarea]);
    // The parts of the board are drawn anew when what they show changes, and not because an act of theirs is another one.
    const latest = useRef({ board, selected, subjects });
    latest.current = { board, selected, subjects };
    const dragStart = useCallback((task: Task, event: React.DragEvent) => {
        const { board, selected } = latest.current;
        dragged.current = selected.has(task.id) ? [...selected].flatMap((id) => board.byId.get(id) ?? []) : [task];
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", dragged.current.map((each) => each.task_number).join(", "));
    }, []);
    const openMenu = useCallback((task: Task, place: { x: number; y: number }) => setMenu({ task, ...place }), []);
    const clear = useCallback(() => go(NOTHING), [go]);
    const filterBy = useCallback((change: Partial<Filter>) => go(change), [go]);
    const unselect = useCallback(() => select(NOTHING_CHOSEN), []);
    const askAssign = useCallback(() => ask({ what: "assign", tasks: latest.current.subjects }), []);
    const askStatus = useCallback(() => ask({ what: "status", tasks: latest.current.subjects }), []);
    const assignFirst = useCallback(() => {
        const { board, subjects } = latest.current;
        ask({ what: "assign", tasks: subjects.length > 0 ? subjects : board.tray.slice(0, 1) });
    }, []);
    const drop = useCallback((person: { id: string; name: string }) => void assignTo(dragged.current, person), [assignTo]);
    const done = useCallback(() => {
        select(NOTHING_CHOSEN);
        ask(null);
    }, []);

    const nothing = subjects.length === 0 ? t`Elija antes una tarea.` : undefined;
    const over = subjects.length > 0 && subjects.every(isOver) ? t`Ya terminó.` : undefined;
    useActions([
        ...(mayManage
            ? [
                  { id: "task-new", key: "N", label: t`Nueva tarea`, run: () => go({ tarea: "nueva", editar: undefined }) },
                  { id: "task-assign", key: "A", label: t`Asignar a…`, reason: nothing ?? over, run: () => ask({ what: "assign", tasks: subjects }) },
                  { id: "task-status", key: "S", label: t`Cambiar estado…`, reason: nothing, run: () => ask({ what: "status", tasks: subjects }) },
                  { id: "task-edit", key: "E", label: t`Editar la tarea abierta`, reason: search.tarea ? undefined : t`Abra antes una tarea.`, run: () => go({ editar: true }) },
              ]
            : []),
        { id: "day-before", key: "J", label: t`Día anterior`, run: () => go({ dia: dayOrToday(stepped(day, -1), board.today) }) },
        { id: "day-after", key: "K", label: t`Día siguiente`, run: () => go({ dia: dayOrToday(stepped(day, 1), board.today) }) },
        { id: "day-today", key: "H", label: t`Hoy`, run: () => go({ dia: undefined }) },
        { id: "search", key: "/", label: t`Buscar en el tablero`, run: () => document.querySelector<HTMLElement>(".board-search input")?.focus() },
        { id: "clear", key: "0", label: t`Quitar filtros`, run: () => go(NOTHING) },
    ]);

    const drawer = search.tarea && <TaskDrawer key={search.tarea} id={search.tarea} editing={search.editar ?? false} board={board} onClose={close} onEdit={(editar) => go({ editar: editar || undefined })} onAssign={(tasks) => ask({ what: "assign", tasks })} onStatus={(tasks) => ask({ what: "status", tasks })} onCreated={(id) => go({ tarea: id, editar: undefined }, true)} />;
    const list = <TaskList board={board} current={search.tarea} selected={selected} onSelect={select} onOpen={open} onMenu={openMenu} onDragStart={mayManage ? dragStart : undefined} onClear={clear} hideTitle={narrow} />;
    const map = <MapPane board={board} current={search.tarea} onOpen={open} />;
    return (
        <Page
            section={t`Despacho`}
            title={t`Tablero`}
            className={`board${search.tarea ? " has-task" : ""}`}
            bar={<DayStepper day={day} today={board.today} onDay={(dia) => go({ dia: dayOrToday(dia, board.today) })} />}
            primary={
                mayManage && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => go({ tarea: "nueva", editar: undefined })}>
                        <Trans>Nueva tarea</Trans>
                    </Button>
                )
            }
        >
            <Filters board={board} filter={filter} selected={selected.size} onFilter={filterBy} onClear={clear} onAssign={mayManage ? askAssign : undefined} onStatus={mayManage ? askStatus : undefined} onUnselect={unselect} />
            {narrow ? (
                search.tarea ? (
                    drawer
                ) : (
                    <Narrow view={search.vista ?? "atencion"} onView={(vista) => go({ vista })} counts={{ tareas: board.listed.length, tecnicos: board.rows.length }}>
                        {(view) => (view === "atencion" ? <Attention board={board} onOpen={open} onAssign={mayManage ? (task) => ask({ what: "assign", tasks: [task] }) : undefined} /> : view === "tareas" ? list : view === "tecnicos" ? <NarrowTechnicians board={board} onOpen={open} /> : map)}
                    </Narrow>
                )
            ) : (
                <div className="board-body">
                    <div className="work">
                        <Tray board={board} current={search.tarea} selected={selected} onSelect={select} onOpen={open} onAssign={mayManage ? assignFirst : undefined} onMenu={openMenu} onDragStart={mayManage ? dragStart : undefined} />
                        {list}
                        <Axis board={board} current={search.tarea} onOpen={open} onDrop={mayManage ? drop : undefined} onDragStart={mayManage ? dragStart : undefined} />
                    </div>
                    <div className="side">
                        {map}
                        {drawer}
                    </div>
                </div>
            )}
            {menu && <TaskMenu task={menu.task} place={menu} mayManage={mayManage} onClose={() => setMenu(null)} onOpen={open} onAssign={(task) => ask({ what: "assign", tasks: selected.has(task.id) ? subjects : [task] })} onStatus={(task) => ask({ what: "status", tasks: selected.has(task.id) ? subjects : [task] })} onUnassign={(task) => void assignTo([task], null)} />}
            {asked?.what === "assign" && asked.tasks.length > 0 && (
                <AssignDialog
                    tasks={asked.tasks}
                    board={board}
                    onClose={() => ask(null)}
                    onAssign={(person) => {
                        const { tasks } = asked;
                        done();
                        void assignTo(tasks, person);
                    }}
                />
            )}
            {asked?.what === "status" && asked.tasks.length > 0 && (
                <StatusDialog
                    tasks={asked.tasks}
                    onClose={() => ask(null)}
                    onStatus={(status, word, reason) => {
                        const { tasks } = asked;
                        done();
                        void become(tasks, status, word, reason);
                    }}
                />
            )}
            {refused.length > 0 && <RefusedDialog refused={refused} onClose={() => setRefused([])} />}
        </Page>
    );
}

/** Day and filter as the parts of the board show them: what was pressed is answered at once, and ten thousand tasks follow. */
function useView(search: BoardSearch): { filter: Filter; view: View } {
    const { dia, grupo, tipo, tecnico, estado, q, sin_punto } = search;
    const filter = useMemo(() => ({ grupo, tipo, tecnico, estado, q, sin_punto }), [grupo, tipo, tecnico, estado, q, sin_punto]);
    const view = useDeferredValue(useMemo(() => ({ ...filter, dia }), [filter, dia]));
    return { filter, view };
}

const dayOrToday = (day: string, today: string) => (day === today ? undefined : day);

/** On a narrow screen one part at a time, what needs a person first. */
function Narrow({ view, onView, counts, children }: { view: (typeof VIEWS)[number]; onView: (view: (typeof VIEWS)[number]) => void; counts: Partial<Record<(typeof VIEWS)[number], number>>; children: (view: (typeof VIEWS)[number]) => React.ReactNode }) {
    const { t } = useLingui();
    const words = useWords();
    return (
        <>
            <div className="segments" role="group" aria-label={t`Parte del tablero`}>
                {VIEWS.map((each) => (
                    <button key={each} type="button" aria-pressed={each === view} onClick={() => onView(each)}>
                        {words.view[each]} {counts[each] !== undefined && <span>{counts[each]}</span>}
                    </button>
                ))}
            </div>
            <div className={`narrow-view narrow-${view}`}>{children(view)}</div>
        </>
    );
}

