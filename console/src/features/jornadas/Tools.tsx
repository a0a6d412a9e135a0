// What stands above a day and a week: group, marks, what is open, and the table as a file.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { CircleAlert, Download, Lock, Printer, WifiOff } from "lucide-react";
import { refusalOf } from "~/api/problem";
import { groupOptions, groupsQuery } from "~/app/people";
import { useMay } from "~/app/session";
import { Button, ErrorSummary, Menu, Select, Status } from "~/ui";
import { useMarkWords } from "./marks";
import type { Mark } from "./model";
import { download } from "./queries";
import type { Search } from "./routes";

const ALL = "all";

export function Tools({ search, from, to, counts, go }: { search: Search; from: string; to: string; counts: Map<Mark, number>; go: (change: Partial<Search>) => void }) {
    const { t } = useLingui();
    const router = useRouter();
    const words = useMarkWords();
    const groups = useQuery({ ...groupsQuery(), enabled: useMay("view_employees") });
    const mayClose = useMay("close_periods");
    const saving = useMutation({ mutationFn: (format: "csv" | "xlsx") => download(format, from, to, search.grupo) });
    const problem = saving.error ? refusalOf(saving.error).problem : undefined;
    const missing = (counts.get("out_missing") ?? 0) + (counts.get("in_missing") ?? 0);
    const late = counts.get("late") ?? 0;
    return (
        <>
            <div className="toolbar" role="toolbar" aria-label={t`Filtros`}>
                {groups.data && <Select label={t`Grupo`} hideLabel options={[{ id: ALL, label: t`Todos los grupos` }, ...groupOptions(groups.data)]} value={search.grupo ?? ALL} onChange={(grupo) => go({ grupo: grupo === ALL ? undefined : grupo })} />}
                <Select label={t`Marcas`} hideLabel options={[{ id: ALL, label: t`Todas las marcas` }, ...[...counts.keys()].map((mark) => ({ id: mark, label: words[mark] }))]} value={search.marcas ?? ALL} onChange={(marcas) => go({ marcas: marcas === ALL ? undefined : marcas })} />
                <span className="grow" />
                {missing > 0 && <Status family="late" icon={CircleAlert}>{plural(missing, { one: "# sin entrada o salida", other: "# sin entrada o salida" })}</Status>}
                {late > 0 && <Status family="wait" icon={WifiOff}>{plural(late, { one: "# sin señal", other: "# sin señal" })}</Status>}
                <Menu
                    label={t`CSV o Excel`}
                    button={
                        <Button small icon={Download} pending={saving.isPending}>
                            <Trans>CSV o Excel</Trans>
                        </Button>
                    }
                    acts={[
                        { id: "xlsx", label: t`Excel (xlsx)`, run: () => saving.mutate("xlsx") },
                        { id: "csv", label: t`CSV`, run: () => saving.mutate("csv") },
                    ]}
                />
                <Button small icon={Printer} onPress={() => print()}>
                    <Trans>Imprimir</Trans>
                </Button>
                {mayClose && (
                    <Button small icon={Lock} onPress={() => void router.navigate({ to: "/jornadas/periodos" })}>
                        <Trans>Cerrar periodo…</Trans>
                    </Button>
                )}
            </div>
            {problem && <ErrorSummary key={saving.submittedAt} title={problem.title} detail={problem.detail} />}
        </>
    );
}
