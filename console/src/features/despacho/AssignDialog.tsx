// To whom: everybody with what speaks for and against them. What crosses or is absent is said before, and not refused.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMemo, useState } from "react";
import { Autocomplete, Input, ListBox, ListBoxItem, SearchField } from "react-aria-components";
import { useFormat } from "~/app/format";
import { folded } from "~/app/words";
import { Dialog } from "~/ui";
import { bar, crossedMinutes, isOver, kilometres, placeOf } from "./model";
import type { Task } from "./queries";
import type { Board, Lane } from "./useBoard";
import { titleOf } from "./words";

type Props = { tasks: Task[]; board: Board; onClose: () => void; onAssign: (person: { id: string; name: string } | null) => void };

export function AssignDialog({ tasks, board, onClose, onAssign }: Props) {
    const { t } = useLingui();
    const format = useFormat();
    const [typed, setTyped] = useState("");
    const subject = tasks.length === 1 ? `${tasks[0]?.task_number} · ${titleOf(tasks[0]!)}` : plural(tasks.length, { one: "# tarea", other: "# tareas" });
    const choices = useMemo(() => choicesOf(board, tasks), [board, tasks]);
    const options = choices.map((choice) => {
        const facts = [
            choice.absence,
            choice.crossed > 0 ? t`se cruzan ${format.minutes(choice.crossed)}` : undefined,
            choice.open === 0 ? t`libre` : plural(choice.open, { one: "# tarea por hacer", other: "# tareas por hacer" }),
            choice.km !== undefined ? t`última tarea a ${format.number(Math.round(choice.km * 10) / 10)} km` : undefined,
        ];
        return { id: choice.person.id, label: choice.person.name, detail: facts.filter(Boolean).join(" · "), warn: !!choice.absence || choice.crossed > 0 };
    });
    const filter = (text: string, words: string) => folded(words).split(/\s+/).every((word) => folded(text).includes(word));
    const isAssigned = tasks.some((task) => task.progress.assignments.length > 0);
    const all = isAssigned ? [...options, { id: "", label: t`Dejar sin asignar`, detail: t`vuelve a la bandeja`, warn: false }] : options;
    return (
        <Dialog title={t`Asignar a…`} open onClose={onClose}>
            <p className="dim" dir="auto">
                {subject}
            </p>
            <Autocomplete filter={filter} inputValue={typed} onInputChange={setTyped}>
                <SearchField aria-label={t`Técnico`} autoFocus className="fld">
                    <div className="inp">
                        <Input placeholder={t`Nombre del técnico…`} />
                    </div>
                </SearchField>
                <ListBox
                    className="options assign-options"
                    aria-label={t`Técnicos`}
                    items={all}
                    selectionMode="none"
                    renderEmptyState={() => (
                        <p className="menu-title">
                            <Trans>Nadie se llama así.</Trans>
                        </p>
                    )}
                    onAction={(key) => {
                        const id = String(key);
                        const person = options.find((one) => one.id === id);
                        onAssign(person ? { id, name: person.label } : null);
                    }}
                >
                    {(option) => (
                        <ListBoxItem id={option.id} className="option" textValue={option.label}>
                            <span>
                                {option.label}
                                <small className={option.warn ? "warns" : undefined}>{option.detail}</small>
                            </span>
                        </ListBoxItem>
                    )}
                </ListBox>
            </Autocomplete>
        </Dialog>
    );
}

type Choice = { person: Lane["person"]; absence?: string; crossed: number; open: number; km?: number };

/** Who has time comes first, then who is near. */
function choicesOf(board: Board, tasks: readonly Task[]): Choice[] {
    const ids = new Set(tasks.map((task) => task.id));
    const place = tasks.length === 1 ? placeOf(tasks[0]!) : undefined;
    const choices = board.rows.map((row): Choice => {
        const crossed = tasks.reduce((sum, task) => sum + crossedMinutes(bar(task, board.now), row.tasks, board.now, ids), 0);
        const near = row.tasks.filter((task) => !ids.has(task.id)).map(placeOf).find((each) => each !== undefined);
        return { person: row.person, absence: row.absence, crossed, open: row.tasks.filter((task) => !isOver(task)).length, km: place && near ? kilometres(place, near) : undefined };
    });
    const cost = (one: Choice) => (one.absence ? 10_000 : 0) + one.crossed + (one.km ?? 50) + one.open;
    return choices.sort((a, b) => cost(a) - cost(b));
}
