// A value of one of our fields: chosen where there are few, or where the account has a list; typed otherwise.
import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { answer, api, everyPage, type Schemas } from "~/api/client";
import { employeesQuery, fullName } from "~/app/people";
import { useMay } from "~/app/session";
import { Combo, Select, TextField, type Option } from "~/ui";

const typesQuery = { queryKey: ["definitions", "task-types"], queryFn: () => everyPage<Schemas["KeptTaskType"]>((after) => answer(api.GET("/v1/task-types", { params: { query: { after, limit: 500 } } }))), staleTime: 300_000 };

type Props = { label: string; field: string; kind: string; value: string; onChange: (value: string) => void; optional?: boolean; error?: string };

export function ValueField({ label, field, kind, value, onChange, optional, error }: Props) {
    const { t } = useLingui();
    const options = useOptions(field, kind);
    const people = useQuery({ ...employeesQuery(), enabled: useMay("view_employees") && (field === "employee" || field === "helper") }).data;
    const types = useQuery({ ...typesQuery, enabled: useMay("view_definitions") && field === "type" }).data;
    const listed = useMemo((): Option[] | undefined => {
        if (people) return people.map((one) => ({ id: one.number, label: fullName(one), detail: one.number }));
        return types?.map((one) => ({ id: one.code, label: one.name, detail: one.code }));
    }, [people, types]);
    if (options) return <Select label={label} optional={optional} value={value || null} onChange={onChange} options={optional ? [{ id: "", label: t`Nada` }, ...options] : options} error={error} />;
    if (listed && (value === "" || listed.some((one) => one.id === value))) return <Combo label={label} optional={optional} options={listed} value={value || null} onChange={(id) => onChange(id ?? "")} error={error} />;
    return <TextField label={label} optional={optional} value={value} onChange={onChange} error={error} />;
}

/** Where a field has few values. */
function useOptions(field: string, kind: string): Option[] | undefined {
    const { t } = useLingui();
    const plain = field.replace(/^poi\./, "");
    if (kind === "boolean") return [{ id: "si", label: t`Sí` }, { id: "no", label: t`No` }];
    if (plain === "status")
        return [
            { id: "new", label: t`Nueva` },
            { id: "sent", label: t`Enviada` },
            { id: "en_route", label: t`En camino` },
            { id: "in_progress", label: t`En curso` },
            { id: "suspended", label: t`Suspendida` },
            { id: "closed", label: t`Cerrada` },
            { id: "not_done", label: t`No realizada` },
            { id: "canceled", label: t`Retirada` },
            { id: "draft", label: t`Borrador` },
        ];
    if (plain === "priority")
        return [
            { id: "urgent", label: t`Urgente` },
            { id: "highest", label: t`Muy alta` },
            { id: "high", label: t`Alta` },
            { id: "normal", label: t`Media` },
            { id: "low", label: t`Baja` },
            { id: "lowest", label: t`Muy baja` },
            { id: "not_set", label: t`Sin prioridad` },
        ];
    if (plain === "state")
        return [
            { id: "enabled", label: t`En uso` },
            { id: "deleted", label: t`Eliminado` },
        ];
    return undefined;
}
