// A refusal of the server in the reader's words, and where its parts stand in a form.
import { t } from "@lingui/core/macro";
import type { SummaryItem } from "~/ui";
import type { components } from "./schema";

export type Problem = components["schemas"]["Problem"];

/** Thrown by `answer` where the server refused, or could not be reached. */
export class Refusal extends Error {
    readonly problem: Problem;
    constructor(problem: Problem) {
        super(`${problem.code}: ${problem.detail}`);
        this.name = "Refusal";
        this.problem = problem;
    }
}

export function refusalOf(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    return new Refusal({ ...unreachable(), detail: error instanceof Error && !(error instanceof TypeError) ? error.message : unreachable().detail });
}

export function unreachable(): Problem {
    return {
        type: "about:blank",
        code: "unreachable",
        status: 0,
        title: t`No se pudo hablar con el servidor.`,
        detail: t`Lo escrito sigue aquí. Revise la red y vuelva a intentarlo.`,
    };
}

/** `/address/city` as forms name it: `address.city`. */
const nameOf = (pointer: string) => pointer.replace(/^\//, "").replaceAll("/", ".");

const faultsOf = (error: unknown) => (error instanceof Refusal ? [...(error.problem.faults ?? []), ...alreadyThere(error.problem)] : []).map((fault) => ({ ...fault, field: nameOf(fault.field) }));

/** Another one has the same code or number: said of the whole, it belongs at its field. */
function alreadyThere(problem: Problem): { field: string; message: string }[] {
    const field = problem.code === "already_exists" ? (problem.parameters as Record<string, string> | undefined)?.field : undefined;
    return field === undefined ? [] : [{ field, message: problem.detail }];
}

/** The message for one field: of its own fault, or of the first one inside it (`address.city` stands at `address`). */
export function faultAt(error: unknown, field: string): string | undefined {
    const faults = faultsOf(error);
    const found = faults.find((fault) => fault.field === field) ?? faults.find((fault) => fault.field.startsWith(`${field}.`));
    return found?.message;
}

/** All faults for the summary above a form; `labels` says how the form calls its fields. */
export function faultItems(error: unknown, labels: Record<string, string> = {}): SummaryItem[] {
    return faultsOf(error).map((fault) => ({ field: fault.field, label: labels[fault.field], message: fault.message }));
}
