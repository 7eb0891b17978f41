import type { TaskContent } from './schemas.ts';

/** What an empty database begins with, so that a first attempt needs no preparation. */
export const exampleTasks: readonly TaskContent[] = [
  {
    task_code: 'support-backlog',
    title: 'Monday morning backlog',
    description: 'Decide what a small support team works on first.',
    scenario:
      'You lead a support team of three. On Monday at 9:00 four things wait: a bank reports that 2 % of its transfers show a wrong date, a prospect expects a demo at 11:00 that nobody has prepared, 180 ordinary tickets have piled up over the weekend, and a colleague found what may be a security hole in the login page but cannot reproduce it. The team can start with one thing only.',
    category: 'prioritization',
    time_limit_seconds: 600,
    requires_reasoning: true,
    options: [
      {
        option_code: 'A',
        label: 'The bank’s wrong dates',
        description: 'All three look for the cause until it is found; everybody else is told to wait.',
        risk_tag: 'medium',
        metadata: { trade_off_type: 'depth_over_breadth', domain: 'operations' },
      },
      {
        option_code: 'B',
        label: 'The demo at 11:00',
        description: 'Two prepare the demo, one answers the loudest tickets.',
        risk_tag: 'medium',
        metadata: { trade_off_type: 'growth_over_service', domain: 'sales' },
      },
      {
        option_code: 'C',
        label: 'The 180 tickets',
        description: 'Work through the queue in its order, so that nobody is forgotten.',
        risk_tag: 'low',
        metadata: { trade_off_type: 'fairness_over_impact', domain: 'operations' },
      },
      {
        option_code: 'D',
        label: 'The possible security hole',
        description: 'Take the login page offline until the suspicion is confirmed or disproved.',
        risk_tag: 'high',
        metadata: { trade_off_type: 'safety_over_availability', domain: 'security' },
      },
    ],
  },
  {
    task_code: 'release-decision',
    title: 'Ship on Friday?',
    description: 'Decide how to go on with a release that is almost ready.',
    scenario:
      'A release that your largest customer has waited for is due on Friday. On Thursday the tests pass, but one of twenty long-running checks fails every third time and nobody knows why. The contract names a penalty of 20 000 for each week of delay; an outage at the customer would cost far more, and the team has been working late for two weeks.',
    category: 'risk_assessment',
    time_limit_seconds: 900,
    requires_reasoning: true,
    options: [
      {
        option_code: 'SHIP',
        label: 'Ship on Friday to everybody',
        description: 'Keep the date and fix what turns up.',
        risk_tag: 'high',
        metadata: { trade_off_type: 'speed_over_certainty', domain: 'engineering' },
      },
      {
        option_code: 'STAGED',
        label: 'Ship on Friday to one site',
        description: 'The customer’s smallest site goes first, the others follow after a quiet week.',
        risk_tag: 'medium',
        metadata: { trade_off_type: 'partial_over_full', domain: 'engineering' },
      },
      {
        option_code: 'DELAY',
        label: 'Delay by a week',
        description: 'Pay the penalty and find the cause of the failing check first.',
        risk_tag: 'low',
        metadata: { trade_off_type: 'certainty_over_cost', domain: 'engineering' },
      },
    ],
  },
  {
    task_code: 'training-budget',
    title: 'One budget, five wishes',
    description: 'Decide where a yearly training budget goes.',
    scenario:
      'Your department of twelve has 30 000 for training this year and must name one focus. Half of the team asks for a certificate that customers like to see, two experts want to learn a technology that may or may not matter in three years, the newcomers need basics, and management would welcome money that is not spent.',
    category: 'resource_allocation',
    time_limit_seconds: null,
    requires_reasoning: true,
    options: [
      {
        option_code: 'CERT',
        label: 'The certificate for six',
        description: 'A known course with a known result.',
        risk_tag: 'low',
        metadata: { trade_off_type: 'recognition_over_learning', domain: 'people' },
      },
      {
        option_code: 'BET',
        label: 'The new technology for two',
        description: 'Send both experts to a half-year programme.',
        risk_tag: 'high',
        metadata: { trade_off_type: 'future_over_present', domain: 'people' },
      },
      {
        option_code: 'BASICS',
        label: 'Basics for the newcomers',
        description: 'Four newcomers become productive sooner; the others wait a year.',
        risk_tag: 'low',
        metadata: { trade_off_type: 'breadth_over_depth', domain: 'people' },
      },
      {
        option_code: 'SPLIT',
        label: 'A little for everybody',
        description: 'Each person chooses something for 2 500.',
        risk_tag: 'medium',
        metadata: { trade_off_type: 'fairness_over_impact', domain: 'people' },
      },
      {
        option_code: 'SAVE',
        label: 'Give half of it back',
        description: 'Spend 15 000 on the most urgent course and return the rest.',
        risk_tag: 'medium',
        metadata: { trade_off_type: 'thrift_over_growth', domain: 'finance' },
      },
    ],
  },
  {
    task_code: 'storm-warning',
    title: 'Six trucks and a storm',
    description: 'Decide quickly what happens to the deliveries on the road. No reasons are asked for.',
    scenario:
      'You dispatch six trucks. At noon a storm warning for the coast comes in: heavy rain is certain, closed bridges are possible from 16:00 on. Two trucks carry medicine that is wanted tonight, three carry furniture, one is empty and close to the coast.',
    category: 'prioritization',
    time_limit_seconds: 120,
    requires_reasoning: false,
    options: [
      {
        option_code: 'ALL_GO',
        label: 'Everybody goes on',
        description: 'All trucks keep their routes and decide on the spot.',
        risk_tag: 'high',
        metadata: { trade_off_type: 'delivery_over_safety', domain: 'logistics' },
      },
      {
        option_code: 'MEDICINE',
        label: 'Only the medicine goes on',
        description: 'The two trucks with medicine hurry, the others turn round.',
        risk_tag: 'medium',
        metadata: { trade_off_type: 'selective_over_uniform', domain: 'logistics' },
      },
      {
        option_code: 'TRANSFER',
        label: 'Reload at the coast',
        description: 'The empty truck takes over the medicine half-way and carries it through the storm.',
        risk_tag: 'high',
        metadata: { trade_off_type: 'complexity_over_delay', domain: 'logistics' },
      },
      {
        option_code: 'DETOUR',
        label: 'Inland detour for the medicine',
        description: 'Three hours longer, but no bridge on the way; the furniture waits.',
        risk_tag: 'medium',
        metadata: { trade_off_type: 'reliability_over_speed', domain: 'logistics' },
      },
      {
        option_code: 'STOP',
        label: 'Everybody stops',
        description: 'All trucks wait at the next depot until the warning ends.',
        risk_tag: 'low',
        metadata: { trade_off_type: 'safety_over_delivery', domain: 'logistics' },
      },
      {
        option_code: 'HANDOVER',
        label: 'Ask the regional carrier',
        description: 'A carrier that knows the coast takes the medicine; you pay double.',
        risk_tag: 'low',
        metadata: { trade_off_type: 'cost_over_control', domain: 'logistics' },
      },
    ],
  },
];
