// A task beside the board: what it is, what is wrong and the act for it, then facts, photos, forms and its story.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { CircleDot, Link2, Pencil, Printer, UserPlus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { useMay } from "~/app/session";
import { Button, copy, Drawer, EmptyState, IconButton, Note, say, Tabs } from "~/ui";
import { face, isOver, kilometres, lateMinutes, placeOf } from "./model";
import { entriesQuery, type Task, taskQuery } from "./queries";
import { TaskFacts } from "./TaskFacts";
import { TaskFiles } from "./TaskFiles";
import { TaskForms } from "./TaskForms";
import { TaskNote } from "./TaskNote";
import { TaskPhotos } from "./TaskPhotos";
import { TaskStory } from "./TaskStory";
import type { Board } from "./useBoard";
import { TaskStatus, titleOf, useWords } from "./words";

// Reading a task does not wait for what writing one needs.
const TaskForm = lazy(() => import("./TaskForm").then((module) => ({ default: module.TaskForm })));

type Props = { id: string; editing: boolean; board: Board; onClose: () => void; onEdit: (editing: boolean) => void; onAssign: (tasks: Task[]) => void; onStatus: (tasks: Task[]) => void; onCreated: (id: string) => void };

export function TaskDrawer({ id, editing, board, onClose, onEdit, onAssign, onStatus, onCreated }: Props) {
    const { t } = useLingui();
    const isNew = id === "nueva";
    const asked = useQuery({ ...taskQuery(id), enabled: !isNew, placeholderData: board.byId.get(id) });
    const waiting = <Drawer title={t`Tarea`} onClose={onClose}>{null}</Drawer>;
    if (isNew) {
        return (
            <Suspense fallback={waiting}>
                <TaskForm onClose={onClose} onSaved={(task) => onCreated(task.id)} day={board.day} />
            </Suspense>
        );
    }
    if (asked.isError) {
        const { problem } = refusalOf(asked.error);
        return (
            <Drawer title={problem.title} subject={id} onClose={onClose}>
                <Note kind="refused">{problem.detail}</Note>
                <Button onPress={() => void asked.refetch()}>{t`Reintentar`}</Button>
            </Drawer>
        );
    }
    if (!asked.data) return waiting;
    if (editing) {
        return (
            <Suspense fallback={waiting}>
                <TaskForm task={asked.data} onClose={() => onEdit(false)} onSaved={() => onEdit(false)} day={board.day} />
            </Suspense>
        );
    }
    return <TaskShown task={asked.data} board={board} onClose={onClose} onEdit={() => onEdit(true)} onAssign={() => onAssign([asked.data])} onStatus={() => onStatus([asked.data])} />;
}

function TaskShown({ task, board, onClose, onEdit, onAssign, onStatus }: { task: Task; board: Board; onClose: () => void; onEdit: () => void; onAssign: () => void; onStatus: () => void }) {
    const { t } = useLingui();
    const mayManage = useMay("manage_tasks");
    const mayEntries = useMay("view_entries");
    const entries = useQuery({ ...entriesQuery(task.id), enabled: mayEntries });
    const [tab, setTab] = useState("resumen");
    const forms = (entries.data ?? []).filter((entry) => entry.form);
    const over = isOver(task) ? t`Ya terminó.` : undefined;
    return (
        <Drawer
            subject={task.id}
            title={titleOf(task)}
            onClose={onClose}
            top={
                <>
                    <TaskStatus task={task} now={board.now} pill />
                    <span className="id">{[task.task_number, task.links?.type?.name].filter(Boolean).join(" · ")}</span>
                    <span className="grow" />
                    <IconButton name={t`Copiar el enlace`} icon={Link2} small onPress={() => void copy(location.href).then((done) => done && say(t`Enlace copiado`))} />
                    <IconButton name={t`Imprimir`} icon={Printer} small onPress={() => print()} />
                </>
            }
            head={
                <>
                    {task.location?.address && <p dir="auto">{task.location.address}</p>}
                    <Trouble task={task} board={board} />
                    {mayManage && (
                        <div className="dr-acts">
                            <Button small icon={UserPlus} onPress={onAssign} reason={over} keyName="A">
                                {task.progress.assignments.length > 0 ? <Trans>Reasignar…</Trans> : <Trans>Asignar a…</Trans>}
                            </Button>
                            <Button small icon={CircleDot} onPress={onStatus} keyName="S">
                                <Trans>Cambiar estado</Trans>
                            </Button>
                            <Button small icon={Pencil} onPress={onEdit} keyName="E">
                                <Trans>Editar</Trans>
                            </Button>
                        </div>
                    )}
                </>
            }
            foot={mayManage && <TaskNote task={task} />}
        >
            <Tabs
                label={t`Partes de la tarea`}
                value={tab}
                onChange={setTab}
                pages={[
                    {
                        id: "resumen",
                        label: t`Resumen`,
                        content: (
                            <>
                                <TaskFacts task={task} />
                                {mayEntries && <TaskPhotos entries={entries.data ?? []} />}
                                <TaskStory task={task} entries={entries.data} people={board.people} />
                            </>
                        ),
                    },
                    { id: "formularios", label: mayEntries ? t`Formularios ${forms.length}` : t`Formularios`, content: mayEntries ? <TaskForms entries={forms} /> : <EmptyState title={t`Su perfil no permite ver lo capturado`} /> },
                    { id: "archivos", label: t`Archivos`, content: <TaskFiles task={task} /> },
                ]}
            />
        </Drawer>
    );
}

/** What is wrong, and the act for it. */
function Trouble({ task, board }: { task: Task; board: Board }) {
    const { t } = useLingui();
    const format = useFormat();
    const words = useWords();
    const is = face(task, board.now);
    if (is === "attention") {
        const reasons = (task.attention ?? []).map((one) => words.reason[one.reason] ?? one.reason).join("; ");
        return (
            <Note kind="late">
                <b>
                    <Trans>Llegó algo que no se aplicó: {reasons}.</Trans>
                </b>{" "}
                <Trans>Está en la historia. Con una nota queda atendido.</Trans>
            </Note>
        );
    }
    if (is !== "late") return null;
    const free = nearestFree(task, board);
    return (
        <Note kind="late">
            <b>{t`Va ${format.minutes(lateMinutes(task, board.now))} tarde.`}</b>{" "}
            {free && (free.km === undefined ? <Trans>{free.name} está libre.</Trans> : <Trans>{free.name} está libre y a {format.number(Math.round(free.km * 10) / 10)} km.</Trans>)}
        </Note>
    );
}

function nearestFree(task: Task, board: Board): { name: string; km?: number } | undefined {
    const place = placeOf(task);
    const mine = new Set(task.progress.assignments.map((one) => one.employee));
    const free = board.rows
        .filter((row) => !mine.has(row.person.id) && !row.absence && !row.bars.placed.some((bar) => !isOver(bar.task) && bar.from <= board.now && bar.until >= board.now))
        .map((row) => {
            const last = row.tasks.map(placeOf).findLast((each) => each !== undefined);
            return { name: row.person.name, km: place && last ? kilometres(place, last) : undefined };
        });
    return free.sort((a, b) => (a.km ?? 9_999) - (b.km ?? 9_999))[0];
}

