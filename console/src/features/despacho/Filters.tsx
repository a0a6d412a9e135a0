// The filters that stand, and the ways to another one. What is chosen takes their place with its acts.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link2, ListFilter, MapPinOff, Tag, UserRound, Users } from "lucide-react";
import { memo, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useMay } from "~/app/session";
import { Button, Chip, copy, Dialog, Finder, Menu, type MenuAct, RadioGroup, say } from "~/ui";
import { type Filter, isFiltered, STATES, type State } from "./filter";
import { taskTypesQuery } from "./queries";
import type { Board } from "./useBoard";
import { useWords } from "./words";

type Props = { board: Board; filter: Filter; selected: number; onFilter: (change: Filter) => void; onClear: () => void; onAssign?: () => void; onStatus?: () => void; onUnselect: () => void };
type Asked = "estado" | "grupo" | "tipo" | "tecnico";

export const Filters = memo(function Filters({ board, filter, selected, onFilter, onClear, onAssign, onStatus, onUnselect }: Props) {
    const { t } = useLingui();
    const words = useWords();
    const types = useQuery({ ...taskTypesQuery(), enabled: useMay("view_definitions") });
    const [asked, ask] = useState<Asked | null>(null);
    const groups = board.groups ?? [];
    const options: Record<Asked, { title: string; all: { id: string; label: string }[] }> = {
        estado: { title: t`Estado`, all: STATES.map((id) => ({ id, label: words.state[id] })) },
        grupo: { title: t`Grupo`, all: groups.filter((one) => one.state !== "deleted").map(({ id, name }) => ({ id, label: name })) },
        tipo: { title: t`Tipo`, all: (types.data ?? []).filter((one) => one.state !== "deleted").map(({ id, name }) => ({ id, label: name })) },
        tecnico: { title: t`Técnico`, all: board.people.map(({ id, name }) => ({ id, label: name })) },
    };
    const nameOf = (what: Asked, id: string) => options[what].all.find((one) => one.id === id)?.label ?? "…";
    const standing = (["grupo", "estado", "tipo", "tecnico"] as const).filter((what) => filter[what] !== undefined);
    const add: MenuAct[] = [
        { id: "estado", label: t`Estado…`, icon: ListFilter, run: () => ask("estado") },
        ...(options.grupo.all.length > 0 ? [{ id: "grupo", label: t`Grupo…`, icon: Users, run: () => ask("grupo") }] : []),
        ...(options.tipo.all.length > 0 ? [{ id: "tipo", label: t`Tipo…`, icon: Tag, run: () => ask("tipo") }] : []),
        { id: "tecnico", label: t`Técnico…`, icon: UserRound, run: () => ask("tecnico") },
        { id: "sin_punto", label: t`Sin punto en el mapa`, icon: MapPinOff, run: () => onFilter({ sin_punto: true }) },
    ];
    return (
        <div className={`toolbar filters${selected > 0 ? " has-selection" : ""}`} role="toolbar" aria-label={t`Filtros`}>
            {selected > 0 ? (
                <>
                    <b className="selection">{plural(selected, { one: "# tarea elegida", other: "# tareas elegidas" })}</b>
                    {onAssign && (
                        <Button small keyName="A" onPress={onAssign}>
                            <Trans>Asignar a…</Trans>
                        </Button>
                    )}
                    {onStatus && (
                        <Button small keyName="S" onPress={onStatus}>
                            <Trans>Cambiar estado…</Trans>
                        </Button>
                    )}
                    <Button small look="quiet" onPress={onUnselect}>
                        <Trans>Soltar</Trans>
                    </Button>
                </>
            ) : (
                <>
                    <div className="board-search">
                        <Finder label={t`Buscar en el tablero`} placeholder={t`Buscar tarea…`} text={filter.q ?? ""} onText={(q) => onFilter({ q: q || undefined })} />
                    </div>
                    {standing.map((what) => (
                        <Chip key={what} category={options[what].title} value={nameOf(what, filter[what] ?? "")} onRemove={() => onFilter({ [what]: undefined })} />
                    ))}
                    {filter.sin_punto && <Chip category={t`Mapa`} value={t`sin punto`} onRemove={() => onFilter({ sin_punto: undefined })} />}
                    <Menu
                        label={t`Otro filtro`}
                        acts={add}
                        button={
                            <AriaButton className="chip chip-add">
                                <ListFilter size={14} aria-hidden />
                                <Trans>Filtro</Trans>
                            </AriaButton>
                        }
                    />
                    {isFiltered(filter) && (
                        <Button small look="quiet" onPress={onClear}>
                            <Trans>Quitar filtros</Trans>
                        </Button>
                    )}
                    <span className="grow" />
                    <Button small look="quiet" icon={Link2} onPress={() => void copy(location.href).then((done) => done && say(t`Enlace copiado: quien lo abra ve lo mismo`))} className="copy-link">
                        <Trans>Enlace</Trans>
                    </Button>
                </>
            )}
            {asked && (
                <Dialog title={options[asked].title} open onClose={() => ask(null)}>
                    <RadioGroup
                        label={options[asked].title}
                        hideLabel
                        options={options[asked].all}
                        value={filter[asked] ?? null}
                        onChange={(id) => {
                            onFilter({ [asked]: asked === "estado" ? (id as State) : id });
                            ask(null);
                        }}
                    />
                </Dialog>
            )}
        </div>
    );
});
