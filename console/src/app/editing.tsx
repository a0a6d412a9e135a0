// One way to write and to change an object: what is typed survives reload and an ended session, only what changed is sent,
// and of two who change one object the second is shown both values and decides.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { idempotencyKey } from "~/api/client";
import { faultAt, faultItems, Refusal, refusalOf } from "~/api/problem";
import { Button, ErrorSummary, Note } from "~/ui";
import { useDraft } from "~/ui/useDraft";
import { type Body, changesBetween, clashes, type Difference, merged } from "./changes";

type Kept<D> = { draft: D; start: D; version: number };

export type EditingOf<D, T> = {
    /** Under which what is typed is kept, such as `employee:` and the id, or `employee:new`. */
    place: string;
    object?: T;
    draftOf: (object?: T) => D;
    versionOf: (object: T) => number;
    bodyOf: (draft: D) => Body;
    create?: (body: Body, once: { "Idempotency-Key": string }) => Promise<T>;
    change?: (changes: Body, version: number) => Promise<T>;
    /** The object as it is now. */
    again?: () => Promise<T>;
    saved: (object: T) => void | Promise<void>;
};

export type Editing<D> = {
    draft: D;
    set: (change: Partial<D>) => void;
    submit: (event?: FormEvent) => void;
    pending: boolean;
    error: unknown;
    errorAt: (field: string) => string | undefined;
    submittedAt: number;
    changed: boolean;
    discard: () => void;
    clash?: { differences: Difference[]; keepMine: () => void; takeTheirs: () => void };
};

export function useEditing<D extends object, T>(of: EditingOf<D, T>): Editing<D> {
    const fresh: Kept<D> = { draft: of.draftOf(of.object), start: of.draftOf(of.object), version: of.object ? of.versionOf(of.object) : 0 };
    const [kept, keep, forget] = useDraft<Kept<D>>(of.place, fresh);
    const [once] = useState(idempotencyKey);
    const [theirs, setTheirs] = useState<T | null>(null);
    const { draft, start, version } = kept;
    const saving = useMutation({
        mutationFn: async () => {
            if (of.object === undefined && of.create) return of.create(of.bodyOf(draft), once);
            if (!of.change) throw new Error("an object that is not there cannot be changed");
            return of.change(changesBetween(of.bodyOf(start), of.bodyOf(draft)), version);
        },
        onSuccess: async (object) => {
            forget();
            if (of.object !== undefined) keep({ draft: of.draftOf(object), start: of.draftOf(object), version: of.versionOf(object) });
            forget();
            await of.saved(object);
        },
        onError: async (error) => {
            if (of.again && error instanceof Refusal && error.problem.code === "version_mismatch") setTheirs(await of.again());
        },
    });
    const decide = (next: Kept<D>) => {
        keep(next);
        setTheirs(null);
        saving.reset();
    };
    const other = theirs === null ? undefined : of.draftOf(theirs);
    const error = other ? undefined : saving.error;
    return {
        draft,
        set: (change) => keep({ ...kept, draft: { ...draft, ...change } }),
        submit: (event) => {
            event?.preventDefault();
            if (!saving.isPending) saving.mutate();
        },
        pending: saving.isPending,
        error,
        errorAt: (field) => faultAt(error, field),
        submittedAt: saving.submittedAt,
        changed: Object.keys(changesBetween(start as Body, draft as Body)).length > 0,
        discard: () => {
            forget();
            keep(fresh);
            forget();
            saving.reset();
        },
        clash:
            other && theirs !== null
                ? {
                      differences: clashes(of.bodyOf(start), of.bodyOf(draft), of.bodyOf(other)),
                      keepMine: () => decide({ draft: merged(start, draft, other), start: other, version: of.versionOf(theirs) }),
                      takeTheirs: () => decide({ draft: other, start: other, version: of.versionOf(theirs) }),
                  }
                : undefined,
    };
}

/** What was refused above the fields, each with the way to its field. */
export function EditForm<D>({ id, editing, labels, children }: { id: string; editing: Editing<D>; labels: Record<string, string>; children: ReactNode }) {
    const problem = editing.error ? refusalOf(editing.error).problem : undefined;
    return (
        <>
            {problem && <ErrorSummary key={editing.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(editing.error, labels)} />}
            {editing.clash && <Clash clash={editing.clash} labels={labels} />}
            <form id={id} className="form" onSubmit={editing.submit} noValidate>
                {children}
            </form>
        </>
    );
}

const written = (value: unknown): string => (value === null || value === undefined || value === "" ? "—" : typeof value === "string" ? value : JSON.stringify(value));

function Clash({ clash, labels }: { clash: NonNullable<Editing<object>["clash"]>; labels: Record<string, string> }) {
    return (
        <Note kind="wait" alert>
            <b>
                <Trans>Otra persona cambió esto mientras usted escribía.</Trans>
            </b>{" "}
            {clash.differences.length === 0 && <Trans>Cambió otros campos; lo de usted cabe encima.</Trans>}
            <ul>
                {clash.differences.map(({ field, mine, theirs }) => (
                    <li key={field}>
                        {labels[field] ?? field}: <Trans>usted «{written(mine)}», la otra persona «{written(theirs)}»</Trans>
                    </li>
                ))}
            </ul>
            <div className="form-acts clash-acts">
                <Button small onPress={clash.keepMine}>
                    <Trans>Seguir con lo mío</Trans>
                </Button>
                <Button small onPress={clash.takeTheirs}>
                    <Trans>Tomar lo de la otra persona</Trans>
                </Button>
            </div>
        </Note>
    );
}

/** Save and discard, for the foot of a drawer or a form. */
export function EditActs({ form, editing, label, onDiscard }: { form: string; editing: Editing<object> | Editing<never>; label?: string; onDiscard?: () => void }) {
    const { t } = useLingui();
    return (
        <>
            <Button look="primary" type="submit" form={form} pending={editing.pending}>
                {label ?? t`Guardar`}
            </Button>
            {onDiscard && (
                <Button
                    onPress={() => {
                        editing.discard();
                        onDiscard();
                    }}
                >
                    <Trans>Descartar</Trans>
                </Button>
            )}
        </>
    );
}
