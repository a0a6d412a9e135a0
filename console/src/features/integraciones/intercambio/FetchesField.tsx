// From where at a customer's server files are taken, which ones, to which intake, and what becomes of them there.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { Button, Note, Select, TextField } from "~/ui";
import { type Intake, intakesQuery } from "./queries";
import { type Fetch, NO_FETCH, type RemoteDraft } from "./remoteDraft";

const ROOT = "/";

/** The folders below `in`, each with the intakes that take files there. */
export function intakeFolders(intakes: Intake[], own: string[] = []): { folder: string; names: string[] }[] {
    const folders = [...new Set(["", ...intakes.map(({ folder }) => folder ?? ""), ...own])].sort();
    return folders.map((folder) => ({ folder, names: intakes.filter((intake) => (intake.folder ?? "") === folder).map(({ name }) => name) }));
}

export function FetchesField({ draft, set, errorAt }: { draft: RemoteDraft; set: (change: Partial<RemoteDraft>) => void; errorAt: (field: string) => string | undefined }) {
    const { t } = useLingui();
    const intakes = useQuery(intakesQuery()).data ?? [];
    const { fetches } = draft;
    const put = (place: number, change: Partial<Fetch>) => set({ fetches: fetches.map((one, at) => (at === place ? { ...one, ...change } : one)) });
    const folders = intakeFolders(
        intakes,
        fetches.map(({ into }) => into),
    );
    const problem = errorAt("fetches");
    return (
        <fieldset>
            <legend>
                <Trans>Lo que se trae de allí</Trans>
            </legend>
            {problem && <Note kind="refused">{problem}</Note>}
            {fetches.length === 0 && (
                <p className="dim">
                    <Trans>Nada. Para llevarle archivos basta con elegirlo en una exportación.</Trans>
                </p>
            )}
            <ol className="boxes" aria-label={t`Lo que se trae de allí`}>
                {fetches.map((one, place) => (
                    <li key={place}>
                        <TextField label={t`De la carpeta`} name={`fetches.${place}.folder`} value={one.folder} onChange={(folder) => put(place, { folder })} optional error={errorAt(`fetches.${place}.folder`)} placeholder="salida" help={t`Dentro de la del servidor.`} spellCheck="false" />
                        <TextField label={t`Nombres de archivo`} name={`fetches.${place}.pattern`} value={one.pattern} onChange={(pattern) => put(place, { pattern })} error={errorAt(`fetches.${place}.pattern`)} help={t`* es cualquier texto, ${"{n}"} un número, ${"{fecha:yyyyMMdd}"} una fecha. Las mayúsculas no cuentan.`} spellCheck="false" />
                        <Select
                            label={t`Van a la entrada de`}
                            name={`fetches.${place}.into`}
                            options={folders.map(({ folder, names }) => ({ id: folder || ROOT, label: ["in", folder].filter(Boolean).join("/"), detail: names.length > 0 ? names.join(" · ") : t`Ninguna entrada espera archivos aquí todavía.` }))}
                            value={one.into || ROOT}
                            onChange={(into) => put(place, { into: into === ROOT ? "" : into })}
                            error={errorAt(`fetches.${place}.into`)}
                        />
                        <Select
                            label={t`Después, allí`}
                            name={`fetches.${place}.then`}
                            options={[
                                { id: "delete", label: t`Se borran` },
                                { id: "move", label: t`Se mueven a otra carpeta` },
                                { id: "keep", label: t`Se quedan`, detail: t`Se traen otra vez si cambian.` },
                            ]}
                            value={one.then}
                            onChange={(then) => put(place, { then: then as Fetch["then"] })}
                            error={errorAt(`fetches.${place}.then`)}
                        />
                        {one.then === "move" && <TextField label={t`A la carpeta`} name={`fetches.${place}.move_to`} value={one.moveTo} onChange={(moveTo) => put(place, { moveTo })} required error={errorAt(`fetches.${place}.move_to`)} placeholder="leidos" spellCheck="false" />}
                        <div>
                            <Button small look="quiet" icon={X} onPress={() => set({ fetches: fetches.filter((_, at) => at !== place) })}>
                                <Trans>No traer de aquí</Trans>
                            </Button>
                        </div>
                    </li>
                ))}
            </ol>
            <div>
                <Button small icon={Plus} onPress={() => set({ fetches: [...fetches, NO_FETCH] })}>
                    {fetches.length === 0 ? <Trans>Traer archivos de una carpeta</Trans> : <Trans>Otra carpeta</Trans>}
                </Button>
            </div>
        </fieldset>
    );
}
