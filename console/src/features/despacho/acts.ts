// What a dispatcher does to one task or to many: one act of the server, which it can take back for ten minutes.
import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useCallback } from "react";
import { answer, api, idempotencyKey, type Schemas } from "~/api/client";
import { type Problem, refusalOf } from "~/api/problem";
import { queries } from "~/app/queries";
import { say } from "~/ui";
import type { Task } from "./queries";

type Status = Schemas["NewTask"]["status"];
type Change = { assignments?: Schemas["AssignTo"][]; status?: Status };

/** A task that stayed as it was, and why. */
export type Refused = { task: Task; why: string };

/** The most tasks of one call. */
const BATCH = 500;

const wordsOf = (problem: Problem) => [problem.detail, ...(problem.faults ?? []).map((fault) => fault.message)].join(" ");

/** Changes tasks together; what was refused holds nothing of the rest up. */
async function change(tasks: readonly Task[], to: Change): Promise<{ acts: string[]; refused: Refused[] }> {
    const acts: string[] = [];
    const refused: Refused[] = [];
    try {
        for (let from = 0; from < tasks.length; from += BATCH) {
            const some = tasks.slice(from, from + BATCH);
            const body = { operation: "update" as const, tasks: some.map((task) => ({ task_number: task.task_number, ...to })) };
            const done = await answer(api.POST("/v1/tasks/batch", { params: { header: idempotencyKey() }, body }));
            if (done.act) acts.push(done.act);
            done.items.forEach((outcome, place) => {
                const task = some[place];
                if (outcome.outcome === "refused" && task) refused.push({ task, why: wordsOf(outcome.problem) });
            });
        }
    } catch (error) {
        const { problem } = refusalOf(error);
        const known = new Set(refused.map(({ task }) => task.id));
        if (acts.length === 0) refused.push(...tasks.filter((task) => !known.has(task.id)).map((task) => ({ task, why: wordsOf(problem) })));
    } finally {
        await queries.invalidateQueries({ queryKey: ["tasks"] });
    }
    return { acts, refused };
}

export function useTaskActs(onRefused: (refused: Refused[]) => void) {
    const { t } = useLingui();

    const apply = useCallback(
        async (tasks: readonly Task[], to: Change, text: (count: number) => string, reason?: string) => {
            // The reason comes first: what is written after an act would keep it from being taken back.
            if (reason) await Promise.allSettled(tasks.map((task) => answer(api.POST("/v1/tasks/{reference}/notes", { params: { path: { reference: task.id }, header: idempotencyKey() }, body: { note: reason, dismiss: [] } }))));
            const { acts, refused } = await change(tasks, to);
            const not = new Set(refused.map(({ task }) => task.id));
            const done = tasks.filter((task) => !not.has(task.id));
            const words: Record<string, string> = {
                changed_since: t`Cambió después; no se deshace lo que otro hizo.`,
                went_on: t`El teléfono ya trabajó sobre eso.`,
                gone: t`Ya no existe.`,
            };
            const undo = async () => {
                const kept: Refused[] = [];
                try {
                    for (const act of acts.toReversed()) {
                        const undone = await answer(api.POST("/v1/acts/{act}/undo", { params: { path: { act } } }));
                        for (const one of undone.kept) {
                            const task = tasks.find(({ id }) => id === one.subject);
                            if (task) kept.push({ task, why: words[one.reason] ?? one.reason });
                        }
                    }
                    say(t`Deshecho`);
                } catch (error) {
                    const { problem } = refusalOf(error);
                    kept.push(...done.map((task) => ({ task, why: wordsOf(problem) })));
                }
                await queries.invalidateQueries({ queryKey: ["tasks"] });
                onRefused(kept);
            };
            if (done.length > 0) say(text(done.length), acts.length > 0 ? undo : undefined);
            onRefused(refused);
        },
        [onRefused, t],
    );

    const assignTo = useCallback(
        (tasks: readonly Task[], employee: { id: string; name: string } | null) =>
            apply(tasks, { assignments: employee ? [{ employee: employee.id }] : [] }, (count) =>
                employee
                    ? plural(count, { one: `# tarea asignada a ${employee.name}`, other: `# tareas asignadas a ${employee.name}` })
                    : plural(count, { one: "# tarea quedó sin asignar", other: "# tareas quedaron sin asignar" }),
            ),
        [apply],
    );
    const become = useCallback(
        (tasks: readonly Task[], status: Status, word: string, reason?: string) => apply(tasks, { status }, (count) => plural(count, { one: `# tarea: ${word}`, other: `# tareas: ${word}` }), reason),
        [apply],
    );
    return { assignTo, become };
}
