// What an object was before each edit: when, who, and which of its members became what.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { refusalOf } from "~/api/problem";
import { Note } from "~/ui";
import { type Body, changesBetween } from "./changes";
import { useFormat } from "./format";

export type OldVersion = { version: number; written_at: string; written_by: { kind: string; id?: string | null }; object: object };

const written = (value: unknown): string => (value === null || value === undefined || value === "" ? "—" : typeof value === "string" ? value : typeof value === "number" ? String(value) : JSON.stringify(value));
const SHORT = 120;
const cut = (text: string) => (text.length > SHORT ? `${text.slice(0, SHORT)}…` : text);

/** `labels` says how a form calls the members; one that is not in it keeps its name. `words` says a value in plain words. */
export function Versions({ topic, id, ask, labels, words = (_, value) => written(value) }: { topic: string; id: string; ask: () => Promise<{ items: OldVersion[] }>; labels: Record<string, string>; words?: (field: string, value: unknown) => string }) {
    const { t } = useLingui();
    const format = useFormat();
    const versions = useQuery({ queryKey: [topic, "versions", id], queryFn: ask });
    const who = (kind: string) => ({ user: t`una persona`, key: t`un sistema` })[kind] ?? t`el servidor`;
    if (versions.error) return <Note kind="refused">{refusalOf(versions.error).problem.detail}</Note>;
    const items = versions.data?.items ?? [];
    return (
        <details className="versions">
            <summary>
                <Trans>Versiones anteriores</Trans> <span className="dim">{items.length}</span>
            </summary>
            <ol>
                {items.map((item, place) => {
                    const before = items[place + 1];
                    const changes = before ? changesBetween(before.object as Body, item.object as Body) : {};
                    return (
                        <li key={item.version}>
                            <b>{t`Versión ${item.version}`}</b> <small>{[format.moment(item.written_at), who(item.written_by.kind)].join(" · ")}</small>
                            {before ? (
                                <ul>
                                    {Object.keys(changes).map((field) => (
                                        <li key={field}>
                                            {labels[field] ?? field}: <span className="dim">{cut(words(field, (before.object as Body)[field]))}</span> → {cut(words(field, (item.object as Body)[field]))}
                                        </li>
                                    ))}
                                </ul>
                            ) : (
                                <p className="dim">{item.version === 1 ? t`Así se creó.` : t`Lo anterior ya no se guarda aquí.`}</p>
                            )}
                        </li>
                    );
                })}
            </ol>
        </details>
    );
}
