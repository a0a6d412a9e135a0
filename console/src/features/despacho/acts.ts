// What a dispatcher does to one task or to many, each with its way back.
import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useCallback } from "react";
import { answer, api, type Schemas } from "~/api/client";
import { refusalOf, type Problem } from "~/api/problem";
import { queries } from "~/app/queries";
import { say } from "~/ui";
import type { Task } from "./queries";

type Assignment = Schemas["AssignTo"];
type Status = Schemas["Status"];

export type Refused = { task: Task; problem: Problem };

/** How many requests are under way at once: a browser opens six connections to a host, and the stream holds one. */
const ABREAST = 4;

async function each<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
    const waiting = [...items];
    await Promise.all(
        Array.from({ length: Math.min(ABREAST, waiting.length) }, async () => {
            for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(next);
        }),
    );
}

async function forEach(tasks: readonly Task[], run: (task: Task) => Promise<unknown>): Promise<Refused[]> {
    const refused: Refused[] = [];
    await each(tasks, async (task) => {
        try {
            await run(task);
        } catch (error) {
            refused.push({ task, problem: refusalOf(error).problem });
        }
    });
    await queries.invalidateQueries({ queryKey: ["tasks"] });
    return refused;
}

const assign = (task: Task, assignments: Assignment[], reason?: string) => answer(api.PUT("/v1/tasks/{reference}/assignments", { params: { path: { reference: task.id } }, body: { assignments, reason } }));
const setStatus = (task: Task, status: Status, reason?: string) => answer(api.POST("/v1/tasks/{reference}/status", { params: { path: { reference: task.id } }, body: { status, reason } }));
const assignmentsOf = (task: Task): Assignment[] => task.progress.assignments.map(({ employee, role }) => ({ employee, role }));

export function useTaskActs(onRefused: (refused: Refused[]) => void) {
    const { t } = useLingui();

    const finish = useCallback(
        (tasks: readonly Task[], refused: Refused[], text: (count: number) => string, undo: (done: Task[]) => Promise<Refused[]>) => {
            const not = new Set(refused.map(({ task }) => task.id));
            const done = tasks.filter((task) => !not.has(task.id));
            if (done.length > 0) {
                say(text(done.length), async () => {
                    const stayed = await undo(done);
                    say(t`Deshecho`);
                    onRefused(stayed);
                });
            }
            onRefused(refused);
        },
        [onRefused, t],
    );

    const assignTo = useCallback(
        async (tasks: readonly Task[], employee: { id: string; name: string } | null, reason?: string) => {
            const to = employee ? [{ employee: employee.id }] : [];
            const refused = await forEach(tasks, (task) => assign(task, to, reason));
            const text = (count: number) =>
                employee
                    ? plural(count, { one: `# tarea asignada a ${employee.name}`, other: `# tareas asignadas a ${employee.name}` })
                    : plural(count, { one: "# tarea quedó sin asignar", other: "# tareas quedaron sin asignar" });
            finish(tasks, refused, text, (done) => forEach(done, (task) => assign(task, assignmentsOf(task))));
        },
        [finish],
    );

    const become = useCallback(
        async (tasks: readonly Task[], status: Status, word: string, reason?: string) => {
            const refused = await forEach(tasks, (task) => setStatus(task, status, reason));
            const text = (count: number) => plural(count, { one: `# tarea: ${word}`, other: `# tareas: ${word}` });
            finish(tasks, refused, text, (done) => forEach(done, (task) => setStatus(task, task.progress.status as Status)));
        },
        [finish],
    );

    return { assignTo, become };
}
