// Rules of working time and non-working days, as the server keeps them.
import { queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage, idempotencyKey, ifMatch } from "~/api/client";

export type Rules = Schemas["KeptWorkingTimeRules"];
export type FreeDays = Schemas["KeptNonWorkingDays"];

const whole = (after: string | undefined) => ({ params: { query: { after, limit: 500 } } });
const at = (reference: string) => ({ path: { reference } });

export const rulesQuery = () => queryOptions({ queryKey: ["timesheets", "rules"], queryFn: () => everyPage<Rules>((after) => answer(api.GET("/v1/working-time-rules", whole(after)))) });
export const makeRules = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/working-time-rules", { params: { header: once }, body: body as never }));
export const oneRules = (id: string) => answer(api.GET("/v1/working-time-rules/{reference}", { params: at(id) }));
export const changeRules = (id: string, changes: unknown, version: number) => answer(api.PATCH("/v1/working-time-rules/{reference}", { params: { ...at(id), header: ifMatch(version) }, body: changes as never }));
export const removeRules = (id: string, version: number) => answer(api.DELETE("/v1/working-time-rules/{reference}", { params: { ...at(id), header: ifMatch(version) } }));
export const rulesVersions = (id: string) => answer(api.GET("/v1/working-time-rules/{reference}/versions", { params: { ...at(id), query: { limit: 50 } } }));

export const freeDaysQuery = () => queryOptions({ queryKey: ["employees", "non-working-days"], queryFn: () => everyPage<FreeDays>((after) => answer(api.GET("/v1/non-working-days", whole(after)))) });
export const makeFreeDays = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/non-working-days", { params: { header: once }, body: body as never }));
export const oneFreeDays = (id: string) => answer(api.GET("/v1/non-working-days/{reference}", { params: at(id) }));
export const changeFreeDays = (id: string, changes: unknown, version: number) => answer(api.PATCH("/v1/non-working-days/{reference}", { params: { ...at(id), header: ifMatch(version) }, body: changes as never }));
export const removeFreeDays = (id: string, version: number) => answer(api.DELETE("/v1/non-working-days/{reference}", { params: { ...at(id), header: ifMatch(version) } }));
export const freeDaysVersions = (id: string) => answer(api.GET("/v1/non-working-days/{reference}/versions", { params: { ...at(id), query: { limit: 50 } } }));
